import { EventSourceError, type TransportRequest } from 'use-event-source/core'
import type { FetchTransportOptions } from 'use-event-source/fetch'
import type { PackedEvents } from './pack.ts'

/**
 * What the page tells the thread: first of all what to read, then what it asked for; and `null` for
 * each message that has arrived.
 */
export type ToThread = Order | OwnParts | null

/** What to read, once in the life of a thread. */
export interface Order {
  readonly request: TransportRequest
  readonly options: Pick<
    FetchTransportOptions,
    'method' | 'credentials' | 'maxBufferSize' | 'refreshOn'
  >
}

/** What of a request is the user's own, in a form that can be sent. */
export interface OwnParts {
  readonly headers: [string, string][]
  readonly body: string | Blob | ArrayBuffer | null
  /** What the body is, where that is not to be seen from what is sent of it. */
  readonly contentType: string | null
}

/** What the thread tells the page, in this order: what its sink was told, or that it needs something. */
export type ToPage = readonly Call[]

export type Call =
  | readonly ['open']
  | readonly ['events', PackedEvents]
  | readonly ['id', string]
  | readonly ['alive']
  | readonly ['retry', number]
  | readonly ['drop', PlainError]
  | readonly ['fail', PlainError, boolean | undefined]
  | readonly ['done', PlainError | undefined]
  /** The user's own parts of a request are needed; the second time because of this error. */
  | readonly ['ask', PlainError | null]

/** An error as it can be sent: of one that is not the platform's, only the message would arrive. */
export type PlainError = Pick<
  EventSourceError,
  'type' | 'message' | 'status' | 'body' | 'retryAfter' | 'cause'
>

export function toPlainError(error: EventSourceError): PlainError {
  const { type, message, status, body, retryAfter, cause } = error
  return { type, message, status, body, retryAfter, cause: cause instanceof Error && cause }
}

export function fromPlainError({ type, message, cause, ...details }: PlainError): EventSourceError {
  return new EventSourceError(type, message, { ...details, cause: cause || undefined })
}
