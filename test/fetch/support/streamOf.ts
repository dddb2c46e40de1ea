/** A body that has these pieces and ends; what it is not asked for, it does not make. */
export function streamOf(
  ...pieces: readonly (string | Uint8Array)[]
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const rest = pieces.map(
    (piece) => new Uint8Array(typeof piece === 'string' ? encode(piece) : piece),
  )
  return new ReadableStream({
    pull(controller) {
      const piece = rest.shift()
      if (piece) controller.enqueue(piece)
      else controller.close()
    },
  })
}

export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Cuts bytes in pieces before each of these positions. */
export function cutAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const edges = [0, ...positions, bytes.length]
  return edges.slice(1).map((end, index) => bytes.slice(edges[index], end))
}
