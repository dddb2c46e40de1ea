/**
 * Returns a copy of `text` that shares no memory with the string it was cut from. Engines represent a
 * substring as a view of its parent, so keeping 90 characters can keep a 64 KiB chunk alive.
 */
export function detach(text: string): string {
  // Concatenation forces a copy. Engines copy substrings shorter than 13 characters anyway.
  return text.length < 13 ? text : ` ${text}`.slice(1)
}
