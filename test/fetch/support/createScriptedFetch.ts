import type { Fetch, FetchResponse } from 'use-event-source/fetch'

/** What has become of a request: it waits for its answer, its body streams, or it is over. */
export type Phase = 'pending' | 'streaming' | 'ended' | 'broken' | 'aborted' | 'cancelled'

/** One request that was made: the test plays the server. */
export interface ScriptedRequest {
  readonly url: string
  readonly init: RequestInit
  readonly method: string
  readonly headers: Headers
  readonly phase: Phase
  /** Answers; the body streams from then on. */
  respond(status?: number, headers?: HeadersInit, url?: string): void
  /** Fails before there is an answer. */
  reject(reason: unknown): void
  /** Sends more of the body. */
  write(...pieces: (string | Uint8Array)[]): void
  /** Ends the body. */
  end(): void
  /** Breaks the body off. */
  error(): void
}

export interface ScriptedFetch {
  readonly fetch: Fetch
  /** All requests, oldest first. */
  readonly requests: readonly ScriptedRequest[]
  /** Those that hold a connection: nobody has ended them. */
  live(): readonly ScriptedRequest[]
  /** The request made last. */
  latest(): ScriptedRequest
}

const STREAM = { 'Content-Type': 'text/event-stream' }

/**
 * A `fetch` whose answers are what the test says.
 *
 * @param isDeaf - whether it pays no heed to its signal, as some polyfills do
 */
export function createScriptedFetch(isDeaf = false): ScriptedFetch {
  const requests: ScriptedRequest[] = []
  return {
    fetch(url, init) {
      const { request, response } = createRequest(url, init, isDeaf)
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

function createRequest(url: string, init: RequestInit, isDeaf: boolean) {
  let phase: Phase = 'pending'
  let answer: (response: FetchResponse) => void = () => {}
  let refuse: (reason: unknown) => void = () => {}
  const response = new Promise<FetchResponse>((resolve, reject) => {
    answer = resolve
    refuse = reject
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
      if (phase !== 'pending') throw new Error(`it is ${phase}, and takes no answer`)
      phase = 'streaming'
      answer({ status, url: finalUrl, headers: new Headers(headers), body })
    },
    reject(reason) {
      phase = 'broken'
      refuse(reason)
    },
    write(...pieces) {
      for (const piece of pieces)
        controller?.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece)
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
    refuse(signal?.reason)
    controller?.error(signal?.reason)
  }
  if (!isDeaf && signal?.aborted) abort()
  else if (!isDeaf) signal?.addEventListener('abort', abort)
  return { request, response }
}
