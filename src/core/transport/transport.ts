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
   * What `JSON.parse` makes of the data, where the transport has done that already; {@link json} then
   * takes it as it is. Left out, or `undefined`: it has not.
   */
  readonly parsed?: unknown
}

/** What a transport is asked to open. */
export interface TransportRequest {
  /** The absolute url, or the url as given where there is no document to resolve it against. */
  readonly url: string
  readonly withCredentials: boolean
  /** The id to resume after; `''` for none. */
  readonly lastEventId: string
  /** Whether the transport may retry by itself; if not, each loss is a `fail`. */
  readonly mayRetry: boolean
  /** How many attempts in a row have failed before this one; 0 for the first. */
  readonly attempt: number
  /** Why the last of them failed; `null` for the first. */
  readonly error: EventSourceError | null
}

/**
 * Where a transport says what happens. `fail` and `done` are its last word, and answered by `close`; a
 * new attempt is a new `open`. What it says after either is not heard. Whatever it says is a sign of
 * life, for the `heartbeat`.
 */
export interface TransportSink {
  /** The server has answered with a stream. */
  open(): void
  event(event: ServerSentEvent): void
  /** Calls `tell`, which tells of what has arrived together: a sign of life, and less dear for each. */
  batch(tell: () => void): void
  /** The last event id has moved; needed only where no event says so. `''`: there is none any more. */
  id(lastEventId: string): void
  /** Something has arrived, a comment perhaps, of which there is no more to say. */
  alive(): void
  /** The server asks for this delay, in ms, before the next attempt: the `retry:` field. */
  retry(delay: number): void
  /** The stream is lost, and the transport is trying again by itself; `open` follows, or `fail`. */
  drop(error: EventSourceError): void
  /**
   * The attempt is over; `close` follows.
   *
   * @param final - whether trying again is of no use
   */
  fail(error: EventSourceError, final?: boolean): void
  /**
   * The server has no more to say: the connection is closed, `reason: 'done'`.
   *
   * @param ended - given where it has not said so, but ended the stream. That is a failure like any
   *   other, unless the stream is made `once` and no `until` is waited for
   */
  done(ended?: EventSourceError): void
}

/** One attempt under way. */
export interface TransportAttempt {
  /**
   * An event of this name is listened to from now on. Each name comes once: those that are known by
   * then right after `open` has returned, the others when their first listener comes.
   */
  listen(name: string): void
  /** Ends it at once, and frees what it holds. */
  close(): void
}

/** How a stream's bytes arrive: the one seam for I/O. */
export interface Transport {
  /** Two transports with the same key make the same stream of a url, and so share its connection. */
  readonly key: string
  /**
   * Whether asking again does something again, as a POST does. Such a stream is not made anew when it
   * is lost, unless the `retry` option is given.
   */
  readonly once?: boolean
  /** Starts one attempt. It may throw where the platform lacks what it needs: that is final. */
  open(request: TransportRequest, sink: TransportSink): TransportAttempt
}
