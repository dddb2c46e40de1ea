import {
  EventSourceError,
  type Transport,
  type TransportRequest,
  type TransportSink,
} from 'use-event-source/core'
import { checkRequest } from './checkRequest.ts'
import { checkResponse, isTransient } from './checkResponse.ts'
import { readEvents } from './readEvents.ts'
import {
  bufferBody,
  type Fetch,
  type FetchResponse,
  listHeaders,
  type PerAttempt,
  type RequestBody,
  type RequestHeaders,
  resolveValue,
  streamHeaders,
} from './request.ts'
import { splitUserinfo } from './splitUserinfo.ts'
import { toNetworkError } from './toNetworkError.ts'

/**
 * The options of {@link fetchTransport}. All may be written inline. A change of `method`, `credentials`,
 * plain `headers` or a plain `body` makes another stream. Other changes, including new functions, apply
 * from the next attempt on.
 */
export interface FetchTransportOptions {
  /**
   * The method of the request. With any other method than GET the stream is requested only once: only
   * `reconnect()` requests it again, unless the `retry` option is given.
   *
   * @default 'GET', or 'POST' where there is a `body`
   */
  method?: string | undefined
  /**
   * Headers, or a function that returns them for each attempt, so that a token is always fresh. After a
   * 401, the function is called again with the error, and the request is repeated with the new headers,
   * once in each attempt. See `refreshOn`.
   */
  headers?: PerAttempt<RequestHeaders> | undefined
  /**
   * The body, or a function that returns it for each attempt. A plain body is a string or
   * `URLSearchParams`: another value makes another stream. A body of another kind does not, and the
   * latest one is sent with the next attempt. A stream is read to its end before it is sent. It can be
   * read only once: give a function if the request may be repeated.
   */
  body?: PerAttempt<RequestBody> | undefined
  /**
   * Whether cookies are sent.
   *
   * @default 'include' where `withCredentials` is set, 'same-origin' otherwise
   */
  credentials?: RequestCredentials | undefined
  /**
   * Makes the requests, in place of the platform's own `fetch`. Its responses must have a `body` that
   * streams.
   *
   * @default the global `fetch`, looked up at each attempt
   */
  fetch?: Fetch | undefined
  /**
   * The longest unfinished event or line that is buffered, in characters. A longer one ends the attempt
   * with an error of type `'overflow'`, and the retry policy applies. 1 or more.
   *
   * @default 16_777_216
   */
  maxBufferSize?: number | undefined
  /**
   * The statuses after which a `headers` function is called again for fresh headers; `[]` for none.
   *
   * @default [401]
   */
  refreshOn?: readonly number[] | undefined
  /**
   * `'follow'` repeats the request where the server redirects it. On the way to another origin, browsers
   * drop `Authorization`, but no other header such as `X-Api-Key` or `Last-Event-ID`, and keep the body
   * after a 307 or 308. `'error'` closes the connection instead, with an error of type `'http'`. For
   * that, a custom `fetch` has to obey `redirect: 'manual'`.
   *
   * @default 'follow'
   */
  redirect?: 'follow' | 'error' | undefined
}

/**
 * Reads the stream with `fetch`. Sends headers and a body of your own, and sees what `EventSource`
 * hides: the HTTP status, comments, and the server's `retry:` field.
 *
 * A 204 closes the connection with `reason: 'done'`. The retry policy handles network errors, the end of
 * the stream, and the statuses 408, 425, 429 and 500 and above; it obeys `Retry-After`. Any other
 * response closes the connection with `reason: 'failed'`, unless it is a 200 with `text/event-stream`.
 * A 400 or 431 to a request with a last event id is retried once, without the id.
 *
 * A request that `fetch` can never send closes the connection with an error of type `'unsupported'`.
 * Userinfo in the url is sent as Basic credentials. No error contains userinfo, a query or a header,
 * apart from what the user's own functions throw.
 *
 * @throws {RangeError} when `maxBufferSize` is below 1
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function fetchTransport({
  headers = {},
  body = null,
  method = body === null ? 'GET' : 'POST',
  credentials,
  fetch: customFetch,
  maxBufferSize = 2 ** 24,
  refreshOn = [401],
  redirect = 'follow',
}: FetchTransportOptions = {}): Transport {
  if (!(maxBufferSize >= 1)) {
    throw new RangeError(`maxBufferSize is ${maxBufferSize}: give a number from 1 up`)
  }
  const plainHeaders = typeof headers === 'function' ? [] : listHeaders(headers)
  const plainBody = typeof body === 'string' || body instanceof URLSearchParams ? String(body) : ''
  return {
    key: JSON.stringify(['fetch', method, credentials, plainHeaders, plainBody]),
    once: method.toUpperCase() !== 'GET',
    open(request, sink) {
      const fetch = customFetch ?? globalThis.fetch
      if (!fetch) throw new EventSourceError('unsupported', 'There is no fetch here: give one')
      const abort = new AbortController()
      runAttempt(fetch, request, sink, abort.signal).catch((thrown: unknown) => {
        const error = toNetworkError(thrown)
        // Where the platform refuses the request, it refuses the next one too.
        sink.fail(error, error.type === 'unsupported')
      })
      return { listen() {}, close: () => abort.abort() }
    },
  }

  async function runAttempt(
    fetch: Fetch,
    request: TransportRequest,
    sink: TransportSink,
    signal: AbortSignal,
  ): Promise<void> {
    const { lastEventId, attempt } = request
    const { url, authorization } = splitUserinfo(request.url)
    // An aborted request may still reach the server. An attempt that is closed in the task that opened
    // it, as in StrictMode, therefore sends none.
    await Promise.resolve()
    let response = await send(request.error)
    let refusal = await checkResponse(response)
    if (refusal && typeof headers === 'function' && refreshOn.includes(response.status)) {
      response = await send(refusal)
      refusal = await checkResponse(response)
    }
    if (refusal) {
      // The id may be the cause: too long, or of characters that a proxy refuses.
      const isIdSuspect = lastEventId !== '' && [400, 431].includes(response.status)
      if (isIdSuspect) sink.id('')
      return sink.fail(refusal, !isIdSuspect && !isTransient(refusal))
    }
    if (response.status === 204) return sink.done()
    if (!response.body) {
      const message = 'The answer has no body to read: give a fetch that streams'
      return sink.fail(new EventSourceError('unsupported', message), true)
    }
    sink.open()
    // Not parsed with `URL`: React Native's has no `origin`.
    const [origin = ''] = /^\w+:\/\/[^/?#]+/.exec(response.url || url) ?? []
    await readEvents(response.body, signal, sink, origin, lastEventId, maxBufferSize)

    async function send(error: EventSourceError | null): Promise<FetchResponse> {
      const context = { attempt, error, lastEventId }
      // Ends a closed attempt. The connection ignores the failure that the rejection turns into.
      if (signal.aborted) throw signal
      const parts = await Promise.all([
        resolveValue(headers, context),
        resolveValue(body, context).then(bufferBody),
      ])
      if (signal.aborted) throw signal
      const init: RequestInit = {
        method,
        headers: streamHeaders(parts[0], lastEventId, authorization),
        body: parts[1],
        credentials: credentials ?? (request.withCredentials ? 'include' : 'same-origin'),
        cache: 'no-store',
        // `error` would reject like a network fault.
        redirect: redirect === 'error' ? 'manual' : redirect,
        signal,
      }
      if (globalThis.Request) checkRequest(url, method, parts[1], !!customFetch)
      try {
        return await fetch(url, init)
      } catch (thrown) {
        // A control character in the id may be the cause. Node refuses it only here, and the answer of a
        // server that refuses it often lacks CORS headers.
        if (/[^\t\P{Cc}\x80-\x9f]/u.test(lastEventId)) sink.id('')
        throw toNetworkError(thrown, true)
      }
    }
  }
}
