/**
 * Reads a body as text, chunk by chunk, until it ends or `signal` is aborted. Rejects if the body breaks
 * off.
 *
 * @returns true if the body has ended; false after an abort
 */
export async function readText(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<boolean> {
  const reader = body.getReader()
  // A custom `fetch` may ignore its signal, so the body is cancelled here as well. A body that has ended
  // or failed already may reject the cancel: either way it is over.
  let isAborted = false
  const abort = (): void => {
    isAborted = true
    reader.cancel().catch(() => {})
  }
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  // [spec] 9.2.5: the decoder strips one byte order mark.
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (isAborted) return false
    const text = decoder.decode(value, { stream: !done })
    // An end inside a character leaves a U+FFFD, which belongs to the text.
    if (!done || text) onText(text)
    if (done) return !isAborted
  }
}
