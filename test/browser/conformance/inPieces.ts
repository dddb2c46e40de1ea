import type { Fetch } from 'use-event-source/fetch'

/** Returns a `fetch` whose answers are read in pieces of at most `size` bytes. */
export function inPieces(size: number): Fetch {
  return async (url, init) => {
    const { status, url: finalUrl, headers, body } = await fetch(url, init)
    return { status, url: finalUrl, headers, body: body && body.pipeThrough(splitter(size)) }
  }
}

function splitter(size: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    transform(bytes, output) {
      for (let start = 0; start < bytes.length; start += size) {
        output.enqueue(bytes.slice(start, start + size))
      }
    },
  })
}
