/**
 * The vocabulary of a scripted stream: the answers of its server, request by request, and the steps
 * to play on an open answer. All of it is plain JSON, so that a test in the browser can send it.
 */

/** The answer to one request. A number is short for an answer with that status and no body. */
export type Answer =
  | number
  | Reply
  | Redirect
  | Raw
  /** One of two answers, picked by a header of the request. */
  | {
      readonly if: { readonly header: string; readonly equals: string }
      readonly give: Answer
      readonly else: Answer
    }
  /** The request is accepted but never answered. */
  | 'stall'
  /** The connection is reset without an answer. */
  | 'reset'

export interface Reply {
  /** @default 200 */
  readonly status?: number
  /** Added to the usual headers of a stream; `null` removes one. A page may read them all. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Whether the body is compressed. Each write is flushed, so that it is sent at once. */
  readonly gzip?: boolean
  /** The steps to play after the headers, in order. The answer stays open unless a step ends it. */
  readonly body?: readonly Step[]
}

export interface Redirect {
  /** The target, relative to the requested url; `''` is that url itself: a loop. */
  readonly redirect: string
  /** @default 302 */
  readonly status?: number
}

/** Bytes in place of an answer: broken HTTP, or no HTTP at all. */
export interface Raw {
  /** Written unchanged, including any headers; then the connection ends. */
  readonly raw: Bytes
}

/** One step to play on an open answer. */
export type Step =
  /** Writes an event, or several in one chunk. */
  | { readonly send: ServerEvent | readonly ServerEvent[] }
  /** Writes the beginning of an event: up to its id line, or to the middle of its data. */
  | { readonly part: ServerEvent; readonly upTo: 'id' | 'data' }
  /** Writes numbered events in one chunk; with `bytes`, at most that many bytes. */
  | { readonly burst: Numbered; readonly bytes?: number }
  /** Writes numbered events, each in a chunk of its own, as fast as backpressure allows. */
  | { readonly flood: Numbered }
  /** Writes a `retry:` line: the delay in ms before a browser reconnects. */
  | { readonly retry: number }
  /** Writes a comment and an empty line. */
  | { readonly comment: string }
  /** Writes bytes in one chunk, or in several, split at these positions (in bytes). */
  | { readonly write: Bytes; readonly cuts?: readonly number[] }
  /** Writes each byte in a chunk of its own. */
  | { readonly trickle: Bytes }
  /** Writes bytes `times` times, each in a chunk of its own, as fast as backpressure allows. */
  | { readonly repeat: Bytes; readonly times: number }
  /** Ends the answer properly, by the rules of HTTP. */
  | 'end'
  /** Resets the connection in the middle of the response. */
  | 'reset'

/** Text, written in UTF-8, or a list of texts and single bytes: `['data: ', 0xff, '\n\n']`. */
export type Bytes = string | readonly (string | number)[]

/** An event as the server writes it, without the fields that are left out. */
export interface ServerEvent {
  readonly event?: string
  readonly id?: string
  /** Written unchanged, with one `data:` field for each line. */
  readonly data: string
}

/** A series of events. The data and the id of each are its number. */
export interface Numbered {
  readonly event?: string
  /**
   * The first number. `'resume'` starts after the last event id of the request, from its header or
   * its query.
   *
   * @default 1
   */
  readonly from?: number | 'resume'
  /**
   * How many numbers before the first one are repeated. The series begins at 1 at the earliest.
   *
   * @default 0
   */
  readonly overlap?: number
  /** The last number. */
  readonly to: number
}

/** A request as the server received it. */
export interface RecordedRequest {
  /** The time of its arrival, in ms since the epoch. */
  readonly at: number
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The `Last-Event-ID` header, read as UTF-8; `null` without one. */
  readonly lastEventId: string | null
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The text of the body; `''` without one. */
  readonly body: string
}

/** The record of a stream's server. */
export interface ServerLog {
  /** All requests, oldest first. */
  readonly requests: readonly RecordedRequest[]
  /** How many requests are open now. */
  readonly open: number
}

/** A condition to wait for. Every field that is given must be met. */
export interface Condition {
  /** The least number of requests so far. */
  readonly requests?: number
  /** The exact number of open requests. */
  readonly open?: number
}

/** A stream opened by the control. */
export interface OpenedStream {
  readonly id: string
  /** The stream's url. Its port, and so its origin, is its own. */
  readonly url: string
}
