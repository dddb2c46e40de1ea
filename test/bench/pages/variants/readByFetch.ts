// oxlint-disable-next-line no-restricted-imports -- a reference to measure the library against
import { createParser } from 'eventsource-parser'

/** Reads a stream by `fetch` and eventsource-parser. */
export async function readByFetch(
  url: string,
  onData: (data: string) => void,
  onArrival: () => void = () => {},
): Promise<void> {
  const { body } = await fetch(url)
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  const parser = createParser({ onEvent: ({ data }) => onData(data) })
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    parser.feed(decoder.decode(value, { stream: true }))
    onArrival()
  }
}
