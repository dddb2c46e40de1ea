import type { Fetch } from 'use-event-source/fetch'

/** A request, answered with a stream that the test continues. */
export interface StreamedRequest {
  readonly url: string
  readonly headers: Headers
  readonly signal: AbortSignal
  /** Resolves once the reader has cancelled the stream. */
  readonly cancelled: Promise<void>
  send(text: string): void
  end(): void
}

/** Makes a `fetch` to inject. `next` returns its requests, oldest first. */
export function createStreamingFetch() {
  const arrivals = channel<StreamedRequest>()
  const fetch: Fetch = async (url, { headers, signal }) => {
    if (!signal) throw new Error('The request has no signal.')
    const body = channel<Uint8Array>()
    const encoder = new TextEncoder()
    arrivals.controller.enqueue({
      url,
      headers: new Headers(headers),
      signal,
      cancelled: body.cancelled,
      send: (text) => body.controller.enqueue(encoder.encode(text)),
      end: () => body.controller.close(),
    })
    return {
      ok: true,
      status: 200,
      url,
      headers: new Headers({ 'Content-Type': 'text/event-stream' }),
      body: body.stream,
    }
  }
  const reader = arrivals.stream.getReader()
  return {
    fetch,
    /** Waits for the next request. */
    async next(): Promise<StreamedRequest> {
      const { value } = await reader.read()
      if (!value) throw new Error('There is no request.')
      return value
    },
  }
}

function channel<T>() {
  let controller: ReadableStreamDefaultController<T> | undefined
  let onCancel: (() => void) | undefined
  const cancelled = new Promise<void>((resolve) => {
    onCancel = resolve
  })
  const stream = new ReadableStream<T>({
    start(own) {
      controller = own
    },
    cancel: () => onCancel?.(),
  })
  if (!controller) throw new Error('A stream starts when it is made.')
  return { stream, controller, cancelled }
}
