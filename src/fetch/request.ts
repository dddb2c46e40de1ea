import type { EventSourceError } from 'use-event-source/core'
import { demand } from './demand.ts'

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

/** Lists headers as pairs; `null` if they are invalid, which the first attempt reports. */
export function listHeaders(headers: RequestHeaders): [string, string][] | null {
  try {
    return [...new Headers(headers)]
  } catch {
    return null
  }
}

/**
 * Adds `Accept`, the credentials of the url and the id to resume after to the user's headers.
 *
 * @throws {EventSourceError} of type `'unsupported'` if a header cannot be sent
 */
export function streamHeaders(
  given: RequestHeaders,
  lastEventId: string,
  authorization?: string,
): Headers {
  const headers = demand(
    () => new Headers(given),
    'headers has an invalid name, or a value that is not one line of Latin-1',
  )
  if (!headers.has('Accept')) headers.set('Accept', 'text/event-stream')
  if (authorization && !headers.has('Authorization')) headers.set('Authorization', authorization)
  if (lastEventId) {
    demand(
      // [spec] 9.2.3: encoded as UTF-8
      () => headers.set('Last-Event-ID', toByteString(lastEventId)),
      'lastEventId has a line break: no header can carry it',
    )
  }
  return headers
}

/** Reads a body that is a stream to its end. Browsers send a stream over HTTP/2 only, or not at all. */
export async function bufferBody(body: RequestBody): Promise<RequestBody> {
  if (!(body as ReadableStream | null)?.getReader) return body
  const response = demand(
    () => new Response(body),
    'A stream can be read only once: give a function as body',
  )
  return response.arrayBuffer()
}

/** Encodes text as UTF-8, one character for each byte, as a header's value has to be. */
export function toByteString(text: string): string {
  const bytes = new TextEncoder().encode(text)
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}
