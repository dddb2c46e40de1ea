import { runTransport } from './runTransport.ts'

/** Decodes the text without parsing events, for the minimum cost of reading. */
runTransport(
  async (url, count) => {
    const { body } = await fetch(url)
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      count(decoder.decode(value, { stream: true }).length)
    }
  },
  ({ bytes }) => bytes,
)
