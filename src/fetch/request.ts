import type { EventSourceError } from 'use-event-source/core'

export type RequestHeaders = HeadersInit
export type RequestBody = BodyInit | null

/** What a function that makes headers or a body is told of the attempt that they are for. */
export interface RequestContext {
  /** How many attempts in a row have failed before it; 0 for the first. */
  readonly attempt: number
  /** Why the last one failed, or the 401 that asks for fresh headers now; `null` for the first. */
  readonly error: EventSourceError | null
  /** The id that the stream resumes after; `''` for none. */
  readonly lastEventId: string
}

/** A value, or a function that makes it for each attempt, which may take its time. */
export type PerAttempt<T> = T | ((context: RequestContext) => T | Promise<T>)

/** As much of `fetch` as is needed. */
export type Fetch = (url: string, init: RequestInit) => Promise<FetchResponse>

/** As much of a `Response` as is needed. */
export interface FetchResponse {
  readonly status: number
  /** The final url, after redirects; `''` where that is not known. */
  readonly url: string
  readonly headers: { get(name: string): string | null }
  readonly body?: ReadableStream<Uint8Array> | null
}

/** The value for an attempt. */
export async function make<T>(value: PerAttempt<T>, context: RequestContext): Promise<T> {
  return typeof value === 'function'
    ? (value as (context: RequestContext) => T | Promise<T>)(context)
    : value
}

/** Adds what each request for an event stream has. */
export function streamHeaders(given: RequestHeaders, lastEventId: string): Headers {
  const headers = new Headers(given)
  if (!headers.has('Accept')) headers.set('Accept', 'text/event-stream')
  if (lastEventId) {
    // [spec] 9.2.3: encoded as UTF-8. A header's value holds bytes, so each byte is a character.
    const bytes = [...new TextEncoder().encode(lastEventId)]
    headers.set('Last-Event-ID', bytes.map((byte) => String.fromCharCode(byte)).join(''))
  }
  return headers
}
