/**
 * The kinds of error:
 *
 * - `'network'`: the connection was lost or refused, the stream ended, or the browser gave it up without
 *   saying why
 * - `'http'`: the server answered with a status other than 200 or 204, or with a redirect that
 *   `redirect: 'error'` refuses; see `status`, which is missing for a redirect
 * - `'content-type'`: the response is not `text/event-stream`
 * - `'timeout'`: nothing arrived for too long (see `connectTimeout` and `heartbeat`), or the page was
 *   restored from the back-forward cache
 * - `'decode'`: an event's data could not be decoded, for example because it is not JSON; see `event`,
 *   `raw` and `cause`
 * - `'validation'`: an event's data does not match its schema; see `event` and `raw`; `cause` has the
 *   schema's issues
 * - `'overflow'`: more data arrived than a buffer may hold
 * - `'unsupported'`: the platform lacks an API such as `EventSource` (load a polyfill, or give another
 *   `transport`), or the request can never be sent: the message says what to change
 */
export type EventSourceErrorType =
  | 'network'
  | 'http'
  | 'content-type'
  | 'timeout'
  | 'decode'
  | 'validation'
  | 'overflow'
  | 'unsupported'

/** The fields of an {@link EventSourceError} besides its type and message. */
export interface EventSourceErrorDetails {
  /** The name of the event that could not be decoded. */
  event?: string | undefined
  /** The undecoded data of that event. */
  raw?: string | undefined
  /** The HTTP status of the response. */
  status?: number | undefined
  /**
   * The response's text, if a refusal came with plain text or JSON of at most 1,000 characters that was
   * complete within a second.
   */
  body?: string | undefined
  /** In ms: the delay that the server asked for in its `Retry-After` header. */
  retryAfter?: number | undefined
  /** How many attempts in a row have failed; 0 before the first failure. */
  attempt?: number | undefined
  /** The cause: an exception, a DOM event, or a schema's issues. */
  cause?: unknown
}

/**
 * The only error class of this library. Its `type` says what kind of error it is. Hooks never throw
 * one: it arrives as `error` in the result and in `onError`. {@link events} throws the error that ends
 * the iteration.
 */
export class EventSourceError extends Error {
  override readonly name = 'EventSourceError'
  declare readonly type: EventSourceErrorType
  /** Set when an event could not be decoded. */
  declare event: string | undefined
  declare raw: string | undefined
  declare readonly status: number | undefined
  declare readonly body: string | undefined
  declare readonly retryAfter: number | undefined
  /** Set when the failure is counted. */
  declare attempt: number | undefined

  constructor(
    type: EventSourceErrorType,
    message: string,
    { cause, ...details }: EventSourceErrorDetails = {},
  ) {
    super(message, { cause })
    Object.assign(this, details, { type })
  }
}

/** Returns the thrown value itself if it is an {@link EventSourceError}, or wraps it in one. */
export function toEventSourceError(thrown: unknown, type: EventSourceErrorType): EventSourceError {
  return thrown instanceof EventSourceError
    ? thrown
    : new EventSourceError(type, (thrown as Error | undefined)?.message ?? type, { cause: thrown })
}
