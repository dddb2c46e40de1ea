/**
 * Reads a body as text, piece by piece and in order, until it ends or `signal` is aborted. Rejects
 * where it breaks off.
 */
export async function readText(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<void> {
  const reader = body.getReader()
  // Also where the fetch that made the body knows no signals. It has ended, or fails, either way.
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
