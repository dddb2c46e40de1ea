import {
  EventSourceError,
  setQueryParam,
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
 * `lastEventIdParam`, plain `headers` or a plain `body` makes another stream. Other changes, such as new
 * functions, `redirect` or `dispatchIncomplete`, apply from the next attempt on, to every component that
 * shares the stream.
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
   * The name of a query parameter that carries the last event id in place of the `Last-Event-ID`
   * header. The server must read it. For a server on another origin whose CORS answers do not allow the
   * header: the parameter needs no preflight request.
   *
   * @default undefined: the id is sent in the header
   */
  lastEventIdParam?: string | undefined
  /**
   * Whether an event without its final empty line is dispatched when the body ends properly. For servers
   * that end with `data: [DONE]` and a single line break. An aborted or broken body dispatches nothing.
   *
   * The standard discards such an event. The attempt then fails with an error of type `'network'`, since
   * an end inside an event looks like a cut.
   *
   * @default false
   * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
   */
  dispatchIncomplete?: boolean | undefined
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
 * A 400, 414 or 431 to a request with a last event id is left to the retry policy, and the next
 * attempt goes without the id.
 *
 * A request that `fetch` can never send closes the connection with an error of type `'unsupported'`.
 * Userinfo in the url is sent as Basic credentials. No error contains userinfo, a query or a
 * request header, apart from what the user's own functions throw.
 *
 * The `Last-Event-ID` header needs the permission of a server on another origin. If a GET there fails,
 * it is repeated without the header, and then once more with it. If only the header makes it fail, the
 * stream opens without the id, and `onOpen` receives `lastEventId: ''`: events may be missing. Let the
 * server allow the header, or use `lastEventIdParam`.
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
  lastEventIdParam,
  dispatchIncomplete,
  redirect = 'follow',
}: FetchTransportOptions = {}): Transport {
  if (!(maxBufferSize >= 1)) {
    throw new RangeError(`maxBufferSize is ${maxBufferSize}: give a number from 1 up`)
  }
  const plainHeaders = typeof headers === 'function' ? [] : listHeaders(headers)
  const plainBody = typeof body === 'string' || body instanceof URLSearchParams ? String(body) : ''
  const once = method.toUpperCase() !== 'GET'
  return {
    key: JSON.stringify(['fetch', method, credentials, plainHeaders, plainBody, lastEventIdParam]),
    once,
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
    const { attempt } = request
    const { url: plainUrl, authorization } = splitUserinfo(request.url)
    let { lastEventId } = request
    const url =
      lastEventIdParam && lastEventId
        ? setQueryParam(plainUrl, lastEventIdParam, lastEventId)
        : plainUrl
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
      const isIdSuspect = lastEventId !== '' && [400, 414, 431].includes(response.status)
      if (isIdSuspect) sink.id('')
      return sink.fail(refusal, !isIdSuspect && !isTransient(refusal))
    }
    if (response.status === 204) return sink.done()
    if (!response.body) {
      const message = 'The answer has no body to read: give a fetch that streams'
      return sink.fail(new EventSourceError('unsupported', message), true)
    }
    if (lastEventId !== request.lastEventId) sink.id(lastEventId)
    sink.open()
    // Not parsed with `URL`: React Native's has no `origin`.
    const [origin = ''] = /^\w+:\/\/[^/?#]+/.exec(response.url || url) ?? []
    await readEvents(
      response.body,
      signal,
      sink,
      origin,
      lastEventId,
      maxBufferSize,
      dispatchIncomplete,
    )

    async function send(error: EventSourceError | null): Promise<FetchResponse> {
      const context = { attempt, error, lastEventId }
      // Ends a closed attempt. The connection ignores the failure that the rejection turns into.
      if (signal.aborted) throw signal
      const [ownHeaders, ownBody] = await Promise.all([
        resolveValue(headers, context),
        resolveValue(body, context).then(bufferBody),
      ])
      if (globalThis.Request) checkRequest(url, method, ownBody, !!customFetch)
      const headerId = lastEventIdParam ? '' : lastEventId
      try {
        return await fetchWithId(headerId)
      } catch (thrown) {
        // A control character in the id may be the cause. Node refuses it only here, and the answer of a
        // server that refuses it often lacks CORS headers.
        if (thrown instanceof TypeError && /[^\t\P{Cc}\x80-\x9f]/u.test(headerId)) sink.id('')
        const mayBeRefused = headerId && !once && thrown instanceof TypeError && isCrossOrigin(url)
        if (!mayBeRefused) throw toNetworkError(thrown, true)
      }
      // Either the server is down, or CORS forbids the header: `fetch` does not say which. If a request
      // without the header is answered, the server is up.
      const response = await fetchWithId('')
      // The network may have come back in between: only a second failure shows that the header is refused.
      const resumed = await fetchWithId(headerId).catch(() => {})
      if (!resumed) {
        lastEventId = ''
        return response
      }
      response.body?.cancel().catch(() => {})
      return resumed

      async function fetchWithId(id: string): Promise<FetchResponse> {
        if (signal.aborted) throw signal
        return fetch(url, {
          method,
          headers: streamHeaders(ownHeaders, id, authorization),
          body: ownBody,
          credentials: credentials ?? (request.withCredentials ? 'include' : 'same-origin'),
          cache: 'no-store',
          // With `'error'`, the rejection would look like a network fault.
          redirect: redirect === 'error' ? 'manual' : redirect,
          signal,
        })
      }
    }
  }
}

/** Whether a browser sends this request to another origin than the page's. False outside a browser. */
function isCrossOrigin(url: string): boolean {
  const origin = globalThis.location?.origin
  return !!origin && !url.startsWith(`${origin}/`)
}
