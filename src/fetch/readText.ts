/**
 * Reads a body as text, chunk by chunk, until it ends or `signal` is aborted. Rejects if the body breaks
 * off.
 */
export async function readText(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<void> {
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
    if (done || isAborted) return
    onText(decoder.decode(value, { stream: true }))
  }
}
