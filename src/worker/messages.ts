import { EventSourceError, type TransportRequest } from 'use-event-source/core'
import type { FetchTransportOptions } from 'use-event-source/fetch'
import type { PackedEvents } from './pack.ts'

/**
 * A message from the page to the thread: one {@link StartMessage}, then request parts each time the
 * thread needs them. `null` acknowledges a message.
 */
export type MessageToThread = StartMessage | RequestParts | null

/** The first message to a thread: the stream to read. */
export interface StartMessage {
  readonly request: TransportRequest
  readonly options: Pick<
    FetchTransportOptions,
    | 'method'
    | 'credentials'
    | 'maxBufferSize'
    | 'refreshOn'
    | 'lastEventIdParam'
    | 'dispatchIncomplete'
    | 'redirect'
  >
}

/** The user's headers and body for one request, in a form that `postMessage` can send. */
export interface RequestParts {
  /** Pairs of a name and a value, if the headers are valid: the thread checks that. */
  readonly headers: string[][]
  readonly body: string | Blob | ArrayBuffer | null
  /** The content type, where `body` does not imply it any more. */
  readonly contentType: string | null
}

/** A message from the thread to the page: calls, in order. */
export type MessageToPage = readonly Call[]

/** A call to the sink, or a request for something that only the page has. */
export type Call =
  | readonly ['open']
  | readonly ['events', PackedEvents]
  | readonly ['id', string]
  | readonly ['alive']
  | readonly ['retry', number]
  | readonly ['drop', PlainError]
  | readonly ['fail', PlainError, boolean | undefined]
  | readonly ['done']
  | readonly ['end', PlainError]
  /** Asks for {@link RequestParts}; with an error, for fresh ones, because of that refusal. */
  | readonly ['needParts', PlainError | null]

/**
 * The fields of an error. `postMessage` would keep only the message of an error class that is not the
 * platform's.
 */
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
