import {
  EventSourceError,
  type Transport,
  type TransportRequest,
  type TransportSink,
} from 'use-event-source/core'
import { readEvents } from './readEvents.ts'
import { isPassing, refusalOf } from './refusalOf.ts'
import {
  type Fetch,
  type FetchResponse,
  make,
  type PerAttempt,
  type RequestBody,
  type RequestHeaders,
  streamHeaders,
} from './request.ts'

/**
 * How the request is made. All of it may be written inline; the functions called are those given last,
 * and a change of anything else makes it another stream.
 */
export interface FetchTransportOptions {
  /**
   * With any other method than GET the stream is asked for once: nothing but `reconnect()` asks again,
   * unless the `retry` option is given.
   *
   * @default 'GET', or 'POST' where there is a `body`
   */
  method?: string | undefined
  /**
   * Headers, or a function that makes them for each attempt, so that a token is fresh. Once in an
   * attempt, a 401 calls that function again, with the error, and asks again with what it returns.
   */
  headers?: PerAttempt<RequestHeaders> | undefined
  /**
   * What is sent, or a function that makes it for each attempt. Of the values, a string and
   * `URLSearchParams` tell streams apart; others do not, the latest one is sent.
   */
  body?: PerAttempt<RequestBody> | undefined
  /**
   * Whether cookies are sent.
   *
   * @default 'include' where `withCredentials` is set, 'same-origin' otherwise
   */
  credentials?: RequestCredentials | undefined
  /**
   * What makes the requests, where it is not the platform's own `fetch`. The answers must have a
   * `body` that streams.
   *
   * @default the global `fetch`, looked up at each attempt
   */
  fetch?: Fetch | undefined
  /**
   * The longest unfinished event or line that is held, in characters. A longer one ends the attempt with
   * an error of type `'overflow'`, and the retry policy goes on. 1 or more.
   *
   * @default 16_777_216
   */
  maxBufferSize?: number | undefined
  /**
   * The statuses that ask for fresh headers, where `headers` is a function; `[]` for none.
   *
   * @default [401]
   */
  refreshOn?: readonly number[] | undefined
}

/**
 * Reads the stream by `fetch`: with headers and a body of your own, and with eyes for the HTTP status,
 * for comments and for the server's `retry:` field.
 *
 * A 204 closes the connection as done. A network fault, the end of the stream and the statuses 408, 425,
 * 429 and from 500 up are left to the retry policy, which obeys `Retry-After`. Any other answer than a
 * 2xx with `text/event-stream` closes the connection as failed.
 *
 * @throws {RangeError} when `maxBufferSize` is below 1
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function fetchTransport({
  headers = {},
  body = null,
  method = body === null ? 'GET' : 'POST',
  credentials,
  fetch: givenFetch,
  maxBufferSize = 2 ** 24,
  refreshOn = [401],
}: FetchTransportOptions = {}): Transport {
  if (!(maxBufferSize >= 1)) {
    throw new RangeError(`maxBufferSize is ${maxBufferSize}: give a number from 1 up`)
  }
  const plainHeaders = typeof headers === 'function' ? [] : [...new Headers(headers)]
  const plainBody = typeof body === 'string' || body instanceof URLSearchParams ? String(body) : ''
  return {
    key: JSON.stringify(['fetch', method, credentials, plainHeaders, plainBody]),
    once: method.toUpperCase() !== 'GET',
    open(request, sink) {
      const doFetch = givenFetch ?? globalThis.fetch
      if (!doFetch) throw new EventSourceError('unsupported', 'There is no fetch here: give one')
      const abort = new AbortController()
      run(doFetch, request, sink, abort.signal).catch((thrown: unknown) => {
        const isKnown = thrown instanceof EventSourceError
        const message = `The request failed: ${thrown}`
        sink.fail(isKnown ? thrown : new EventSourceError('network', message, { cause: thrown }))
      })
      return { listen() {}, close: () => abort.abort() }
    },
  }

  async function run(
    doFetch: Fetch,
    request: TransportRequest,
    sink: TransportSink,
    signal: AbortSignal,
  ): Promise<void> {
    const { url, lastEventId, attempt } = request
    // A fetch that is aborted and made again at once may be sent twice: what is closed at once, as in
    // StrictMode, asks for nothing.
    await Promise.resolve()
    let response = await ask(request.error)
    let refusal = await refusalOf(response)
    if (refusal && typeof headers === 'function' && refreshOn.includes(response.status)) {
      response = await ask(refusal)
      refusal = await refusalOf(response)
    }
    if (refusal) return sink.fail(refusal, !isPassing(refusal))
    if (response.status === 204) return sink.done()
    if (!response.body) {
      const message = 'The answer has no body to read: give a fetch that streams'
      return sink.fail(new EventSourceError('unsupported', message), true)
    }
    sink.open()
    // Not by `URL`: the one of React Native has no origin.
    const [origin = ''] = /^\w+:\/\/[^/?#]+/.exec(response.url || url) ?? []
    await readEvents(response.body, signal, sink, origin, lastEventId, maxBufferSize)

    async function ask(error: EventSourceError | null): Promise<FetchResponse> {
      const context = { attempt, error, lastEventId }
      // Closed meanwhile, there is nothing to ask for, and nobody hears of it.
      if (signal.aborted) throw signal
      const own = await Promise.all([make(headers, context), make(body, context)])
      if (signal.aborted) throw signal
      return doFetch(url, {
        method,
        headers: streamHeaders(own[0], lastEventId),
        body: own[1],
        credentials: credentials ?? (request.withCredentials ? 'include' : 'same-origin'),
        cache: 'no-store',
        signal,
      })
    }
  }
}
