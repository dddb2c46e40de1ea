/**
 * What went wrong:
 *
 * - `'network'`: the connection was lost, refused, or given up by the browser, which does not say why
 * - `'http'`: the server answered with a status that is not a stream's; see `status`
 * - `'content-type'`: the answer is not `text/event-stream`
 * - `'timeout'`: nothing arrived for too long
 * - `'decode'`: an event's data could not be decoded (it is not JSON, say); see `event` and `raw`
 * - `'validation'`: an event's data does not match its schema; `cause` has the schema's issues
 * - `'overflow'`: more arrived than may be held
 * - `'unsupported'`: the platform lacks what the transport needs, as `EventSource` in bare Node: load a
 *   polyfill, or give another `transport`
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

/** What an {@link EventSourceError} carries besides its type and message. */
export interface EventSourceErrorDetails {
  /** The name of the event that could not be read. */
  event?: string | undefined
  /** That event's data as it came. */
  raw?: string | undefined
  /** The HTTP status of the answer. */
  status?: number | undefined
  /** What the answer said, where it was refused in a short text. */
  body?: string | undefined
  /** For how many ms the server asks not to be asked again. */
  retryAfter?: number | undefined
  /** Which attempt in a row failed; 1 is the first. */
  attempt?: number | undefined
  /** What caused it: an exception, a DOM event, or a schema's issues. */
  cause?: unknown
}

/**
 * The one error of this library, told apart by `type`. It appears as `error` in a hook's result and
 * in `onError`; it is never thrown into the stream.
 */
export class EventSourceError extends Error {
  override readonly name = 'EventSourceError'
  declare readonly type: EventSourceErrorType
  /** Set by the connection when it could not read the event. */
  declare event: string | undefined
  declare raw: string | undefined
  declare readonly status: number | undefined
  declare readonly body: string | undefined
  declare readonly retryAfter: number | undefined
  /** Set by the connection when it has counted the failure. */
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

/** What was thrown, as an error of this library. */
export function toEventSourceError(thrown: unknown, type: EventSourceErrorType): EventSourceError {
  return thrown instanceof EventSourceError
    ? thrown
    : new EventSourceError(type, thrown instanceof Error ? thrown.message : type, { cause: thrown })
}
