/** Makes a body of these chunks. Each is enqueued only on demand. */
export function streamOf(
  ...chunks: readonly (string | Uint8Array)[]
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const rest = chunks.map(
    (chunk) => new Uint8Array(typeof chunk === 'string' ? encode(chunk) : chunk),
  )
  return new ReadableStream({
    pull(controller) {
      const chunk = rest.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}

export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Cuts bytes before each of these positions. */
export function cutAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const edges = [0, ...positions, bytes.length]
  return edges.slice(1).map((end, index) => bytes.slice(edges[index], end))
}
