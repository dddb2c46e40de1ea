/**
 * The vocabulary of a scripted stream: what its server answers, request by request, and what it does
 * with an answer that is under way. It is plain JSON, so that a test in the browser can say it too.
 */

/** What one request gets. A number is short for an answer of that status, without a body. */
export type Answer =
  | number
  | Reply
  | Redirect
  | Raw
  /** One of two answers, by a header of the request. */
  | {
      readonly if: { readonly header: string; readonly equals: string }
      readonly give: Answer
      readonly else: Answer
    }
  /** The request is accepted, and never answered. */
  | 'stall'
  /** The connection is reset before anything is answered. */
  | 'reset'

export interface Reply {
  /** @default 200 */
  readonly status?: number
  /** Added to the usual ones of a stream; `null` takes one of those away. A page may read them all. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Whether the body is packed, each write by itself, so that it is not held back. */
  readonly gzip?: boolean
  /** Played in this order once the headers are out. The answer stays open unless one ends it. */
  readonly body?: readonly Step[]
}

export interface Redirect {
  /** Where to, from the address that was asked for; `''` is that address itself: a loop. */
  readonly redirect: string
  /** @default 302 */
  readonly status?: number
}

/** In place of an answer: what is not HTTP, or not as it should be. */
export interface Raw {
  /** Written as it is, headers and all; then the connection ends. */
  readonly raw: Bytes
}

/** One thing that a server does with an answer that is under way. */
export type Step =
  /** Writes an event, or several in one chunk. */
  | { readonly send: ServerEvent | readonly ServerEvent[] }
  /** Writes an event's beginning: up to the line with its id, or to the middle of its data. */
  | { readonly part: ServerEvent; readonly upTo: 'id' | 'data' }
  /** Writes numbered events in one chunk; with `bytes`, so many bytes of them at most. */
  | { readonly burst: Numbered; readonly bytes?: number }
  /** Writes numbered events, each in a chunk of its own, as fast as the flow control lets it. */
  | { readonly flood: Numbered }
  /** Writes a `retry:` line: how many ms the browser waits before it tries again by itself. */
  | { readonly retry: number }
  /** Writes a comment, and an empty line. */
  | { readonly comment: string }
  /** Writes what is given, in one chunk, or in several that part at these positions, in bytes. */
  | { readonly write: Bytes; readonly cuts?: readonly number[] }
  /** Writes it byte by byte, each in a chunk of its own. */
  | { readonly trickle: Bytes }
  /** Writes it so many times, each in a chunk of its own, as fast as the flow control lets it. */
  | { readonly repeat: Bytes; readonly times: number }
  /** Ends the answer as HTTP says. */
  | 'end'
  /** Resets the connection in the middle of the answer. */
  | 'reset'

/** Text, which is written in UTF-8, or a row of texts and single bytes: `['data: ', 0xff, '\n\n']`. */
export type Bytes = string | readonly (string | number)[]

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
  /**
   * How many numbers before the first one, if there are as many, come once more.
   *
   * @default 0
   */
  readonly overlap?: number
  /** The last number. */
  readonly to: number
}

/** A request as the server got it. */
export interface RecordedRequest {
  /** When it came, in ms since the epoch. */
  readonly at: number
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The `Last-Event-ID` header, read as UTF-8; `null` when there was none. */
  readonly lastEventId: string | null
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body's text; `''` when there was none. */
  readonly body: string
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
