import type { EventSourceError } from '../errors.ts'

/**
 * An event as the server sent it, before decoding. A DOM `MessageEvent` is one.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
 */
export interface ServerSentEvent {
  /** The event's name; `'message'` when the server gave none. */
  readonly type: string
  readonly data: string
  /** The last event id of the stream as of this event; `''` when the server has set none. */
  readonly lastEventId: string
  /** The origin of the stream's final url, after redirects. */
  readonly origin: string
  /**
   * The parsed data, if the transport has parsed it as JSON already. {@link json} then uses this value.
   */
  readonly parsed?: unknown
  /**
   * Whether the event has an `id` field of its own. Absent where the transport cannot know, as the native
   * one cannot: an event without an `id` inherits the id before it.
   */
  readonly hasId?: boolean | undefined
}

/** The request for one attempt. */
export interface TransportRequest {
  /** The absolute url, or the url as given where there is no document to resolve it against. */
  readonly url: string
  readonly withCredentials: boolean
  /** The id to resume after; `''` for none. */
  readonly lastEventId: string
  /** Whether the transport may reconnect by itself. Otherwise it reports each loss with `fail`. */
  readonly mayRetry: boolean
  /** How many attempts in a row have failed; 0 before the first failure. */
  readonly attempt: number
  /** Why the last attempt failed; `null` before the first failure. */
  readonly error: EventSourceError | null
}

/**
 * Receives everything that a transport reports about one attempt. `fail`, `end` and `done` finish the
 * attempt: the connection calls `close` on it, and ignores all later calls of this sink. If another
 * attempt follows, it has a sink of its own. Every call counts as activity for the `heartbeat`.
 */
export interface TransportSink {
  /** The server has answered with a stream. */
  open(): void
  event(event: ServerSentEvent): void
  /**
   * A chunk has arrived. Calls `report` at once, in which the transport calls `event` and the other
   * methods for everything in the chunk. An event costs less inside a batch than outside.
   */
  batch(report: () => void): void
  /**
   * The last event id has changed without an event that carries the new one. `''`: there is no id any
   * more.
   */
  id(lastEventId: string): void
  /** Something arrived that has no other effect, such as a comment. */
  alive(): void
  /** The server set the reconnection time, in ms, with its `retry:` field. */
  retry(delay: number): void
  /** The stream was lost and the transport is reconnecting by itself. `open` or `fail` follows. */
  drop(error: EventSourceError): void
  /**
   * The attempt has failed.
   *
   * @param final - true if another attempt would fail as well: the connection then closes
   */
  fail(error: EventSourceError, final?: boolean): void
  /**
   * The stream ended, and the server did not say that it has finished. Counts as a failure with this
   * error, with one exception: without an `until` option, the end of a stream that is requested only
   * `once` closes the connection with `reason: 'done'`.
   */
  end(error: EventSourceError): void
  /** The server said that it has finished. Closes the connection with `reason: 'done'`. */
  done(): void
}

/** One attempt in progress. */
export interface TransportAttempt {
  /**
   * Starts delivering events of this name. Called once for each name: for known names right after
   * `open` has returned, for others when they get their first subscriber. A transport that delivers
   * every event may ignore the calls.
   */
  listen(name: string): void
  /** Ends the attempt at once, and frees what it uses. */
  close(): void
}

/** Makes the attempts of a connection. All I/O goes through this interface. */
export interface Transport {
  /**
   * Identifies the streams that this transport delivers. Transports with equal keys deliver the same
   * stream for a url, and share one connection to it.
   */
  readonly key: string
  /**
   * True if repeating the request has effects on the server, as with a POST. A lost stream is then not
   * requested again, unless the `retry` option is given.
   */
  readonly once?: boolean
  /**
   * Starts one attempt. May throw where the platform lacks a needed API: the connection then closes
   * with an error of type `'unsupported'`.
   */
  open(request: TransportRequest, sink: TransportSink): TransportAttempt
}
