import type { Fetch, FetchResponse } from 'use-event-source/fetch'

/** Where a request is: waiting for its response, streaming its body, or over. */
export type Phase = 'pending' | 'streaming' | 'ended' | 'broken' | 'aborted' | 'cancelled'

/** A request, and the test's controls over its response. */
export interface ScriptedRequest {
  readonly url: string
  readonly init: RequestInit
  readonly method: string
  readonly headers: Headers
  readonly phase: Phase
  /** Responds, and starts to stream the body. */
  respond(status?: number, headers?: HeadersInit, url?: string): void
  /** Fails the request before there is a response. */
  reject(reason: unknown): void
  /** Sends chunks of the body. */
  write(...chunks: (string | Uint8Array)[]): void
  end(): void
  /** Breaks the body off. */
  error(): void
}

export interface ScriptedFetch {
  readonly fetch: Fetch
  /** All requests, oldest first. */
  readonly requests: readonly ScriptedRequest[]
  /** The requests that are not over, and so occupy a connection. */
  live(): readonly ScriptedRequest[]
  latest(): ScriptedRequest
}

const STREAM = { 'Content-Type': 'text/event-stream' }

/**
 * A `fetch` whose responses come from the test.
 *
 * @param ignoresSignal - whether it ignores its signal, as some polyfills do
 */
export function createScriptedFetch(ignoresSignal = false): ScriptedFetch {
  const requests: ScriptedRequest[] = []
  return {
    fetch(url, init) {
      const { request, response } = createRequest(url, init, ignoresSignal)
      requests.push(request)
      return response
    },
    requests,
    live: () => requests.filter(({ phase }) => phase === 'pending' || phase === 'streaming'),
    latest() {
      const latest = requests.at(-1)
      if (!latest) throw new Error('no request was made')
      return latest
    },
  }
}

function createRequest(url: string, init: RequestInit, ignoresSignal: boolean) {
  let phase: Phase = 'pending'
  let resolveResponse: (response: FetchResponse) => void = () => {}
  let rejectResponse: (reason: unknown) => void = () => {}
  const response = new Promise<FetchResponse>((resolve, reject) => {
    resolveResponse = resolve
    rejectResponse = reject
  })
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own
    },
    cancel() {
      phase = 'cancelled'
    },
  })
  const encoder = new TextEncoder()
  const request: ScriptedRequest = {
    url,
    init,
    method: String(init.method),
    headers: new Headers(init.headers),
    get phase() {
      return phase
    },
    respond(status = 200, headers = STREAM, finalUrl = url) {
      if (phase !== 'pending') throw new Error(`the request is ${phase}, and takes no response`)
      phase = 'streaming'
      resolveResponse({ status, url: finalUrl, headers: new Headers(headers), body })
    },
    reject(reason) {
      phase = 'broken'
      rejectResponse(reason)
    },
    write(...chunks) {
      for (const chunk of chunks)
        controller?.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
    },
    end() {
      phase = 'ended'
      controller?.close()
    },
    error() {
      phase = 'broken'
      controller?.error(new TypeError('terminated'))
    },
  }
  const { signal } = init
  const abort = (): void => {
    if (phase !== 'pending' && phase !== 'streaming') return
    phase = 'aborted'
    rejectResponse(signal?.reason)
    controller?.error(signal?.reason)
  }
  if (!ignoresSignal && signal?.aborted) abort()
  else if (!ignoresSignal) signal?.addEventListener('abort', abort)
  return { request, response }
}
