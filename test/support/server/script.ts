/**
 * The vocabulary of a scripted stream: what its server answers, request by request, and what it does
 * with an answer that is under way. It is plain JSON, so that a test in the browser can say it too.
 */

/** What one request gets. A number is short for an answer of that status, without a body. */
export type Answer =
  | number
  | {
      /** @default 200 */
      readonly status?: number
      /** Added to the usual ones of a stream; `null` takes one of those away. */
      readonly headers?: Readonly<Record<string, string | null>>
      /** Played in this order once the headers are out. The answer stays open unless one ends it. */
      readonly body?: readonly Step[]
    }
  /** The request is accepted, and never answered. */
  | 'stall'
  /** The connection is reset before anything is answered. */
  | 'reset'

/** One thing that a server does with an answer that is under way. */
export type Step =
  /** Writes an event, or several in one chunk. */
  | { readonly send: ServerEvent | readonly ServerEvent[] }
  /** Writes numbered events in one chunk. */
  | { readonly burst: Numbered }
  /** Writes numbered events, each in a chunk of its own, as fast as the flow control lets it. */
  | { readonly flood: Numbered }
  /** Writes a `retry:` line: how many ms the browser waits before it tries again by itself. */
  | { readonly retry: number }
  /** Ends the answer as HTTP says. */
  | 'end'
  /** Resets the connection in the middle of the answer. */
  | 'reset'

/** An event as the server writes it; what is left out is not written. */
export interface ServerEvent {
  readonly event?: string
  readonly id?: string
  /** Written as it is, a `data:` line for each line of it. */
  readonly data: string
}

/** A row of events: the data of each is its number, and so is its id. */
export interface Numbered {
  readonly event?: string
  /**
   * The first number. `'resume'`: one more than the last event id that the request carries, in its
   * header or its query.
   *
   * @default 1
   */
  readonly from?: number | 'resume'
  /** The last number. */
  readonly to: number
}

/** A request as the server got it. */
export interface RecordedRequest {
  /** When it came, in ms since the epoch. */
  readonly at: number
  /** Path and query. */
  readonly url: string
  /** The `Last-Event-ID` header; `null` when there was none. */
  readonly lastEventId: string | null
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What has happened at a stream's server. */
export interface ServerLog {
  /** All requests, the first one first. */
  readonly requests: readonly RecordedRequest[]
  /** How many of them are open now. */
  readonly open: number
}

/** What can be waited for: all that is given must hold. */
export interface Condition {
  /** At least so many requests have come. */
  readonly requests?: number
  /** Exactly so many of them are open now. */
  readonly open?: number
}

/** A stream that the control has opened. */
export interface OpenedStream {
  readonly id: string
  /** Its address, on a port of its own, and so with an origin of its own. */
  readonly url: string
}
