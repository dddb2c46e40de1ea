/**
 * The same text, on its own. An engine may make a part of a string as a view of the whole, and then
 * who keeps 90 characters of a chunk keeps its 64 KiB alive.
 */
export function detach(text: string): string {
  // Only what is put together anew is a copy. What is short is one anyway.
  return text.length < 13 ? text : ` ${text}`.slice(1)
}
