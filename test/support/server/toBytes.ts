import type { Bytes } from './script.ts'

const encoder = new TextEncoder()

/** Returns the bytes that a script writes. Runs in a browser too. */
export function toBytes(bytes: Bytes): Uint8Array<ArrayBuffer> {
  if (typeof bytes === 'string') return encoder.encode(bytes)
  return Uint8Array.from(
    bytes.flatMap((part) => (typeof part === 'string' ? [...encoder.encode(part)] : part)),
  )
}
