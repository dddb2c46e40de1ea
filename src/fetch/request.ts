import type { EventSourceError } from 'use-event-source/core'

export type RequestHeaders = HeadersInit
export type RequestBody = BodyInit | null

/** The argument of a function that returns the headers or the body for an attempt. */
export interface RequestContext {
  /** How many attempts in a row have failed; 0 before the first failure. */
  readonly attempt: number
  /**
   * Why the last attempt failed; `null` before the first failure. While headers are refreshed, the error
   * of the response that caused it, such as a 401.
   */
  readonly error: EventSourceError | null
  /** The id to resume after; `''` for none. */
  readonly lastEventId: string
}

/** A value, or a function that returns it for each attempt, possibly as a promise. */
export type PerAttempt<T> = T | ((context: RequestContext) => T | Promise<T>)

/** The part of `fetch` that the transport uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<FetchResponse>

/** The part of a `Response` that the transport uses. */
export interface FetchResponse {
  readonly status: number
  /** The final url, after redirects; `''` where it is not known. */
  readonly url: string
  readonly headers: { get(name: string): string | null }
  readonly body?: ReadableStream<Uint8Array> | null
}

/** Calls the function, or returns the plain value. */
export async function resolveValue<T>(value: PerAttempt<T>, context: RequestContext): Promise<T> {
  return typeof value === 'function'
    ? (value as (context: RequestContext) => T | Promise<T>)(context)
    : value
}

/** Adds `Accept`, and the id to resume after, to the user's headers. */
export function streamHeaders(given: RequestHeaders, lastEventId: string): Headers {
  const headers = new Headers(given)
  if (!headers.has('Accept')) headers.set('Accept', 'text/event-stream')
  if (lastEventId) {
    // [spec] 9.2.3: encoded as UTF-8. A header's value is a byte string: one character for each byte.
    const bytes = [...new TextEncoder().encode(lastEventId)]
    headers.set('Last-Event-ID', bytes.map((byte) => String.fromCharCode(byte)).join(''))
  }
  return headers
}
