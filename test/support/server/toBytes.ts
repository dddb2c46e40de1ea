import type { Bytes } from './script.ts'

const encoder = new TextEncoder()

/** What a script writes, as it is on the wire. It runs in a browser too. */
export function toBytes(bytes: Bytes): Uint8Array<ArrayBuffer> {
  if (typeof bytes === 'string') return encoder.encode(bytes)
  return Uint8Array.from(
    bytes.flatMap((part) => (typeof part === 'string' ? [...encoder.encode(part)] : part)),
  )
}
