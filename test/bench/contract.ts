/** What both sides of a measurement know: the page, and what runs it. */

/** What a stream's events carry. Their ids count up from 0. */
export interface Trade {
  readonly id: number
  readonly symbol: string
  readonly price: number
  readonly size: number
  /** When it happened, in ms; in a paced stream, when the server wrote it. */
  readonly at: number
}

/** The stream that a page asks for. */
export interface StreamShape {
  /** How many events it has; then it stays open, so that nobody reconnects. */
  readonly events: number
  /** Events per second, each in a packet of its own; 0: as fast as they are read. */
  readonly rate: number
  /** The least size of an event, in bytes. */
  readonly size: number
  readonly eol: 'lf' | 'crlf'
  /** How many symbols trade, by turns. */
  readonly symbols: number
  /** How many streams of a run begin together, and have each event written at the same time. */
  readonly together: number
}

/** What a page is told to do. */
export interface RunConfig {
  readonly url: string
  readonly events: number
  /** The size of a flood. */
  readonly bytes: number
  readonly components: number
  /** Whether frames are counted, which costs a little. */
  readonly frames: boolean
}

/** What a page says that it did. */
export interface Outcome {
  /** How many events were seen by whoever saw most; 0 of none. */
  readonly seen: number
  /** How many of those did not come right after the one before. */
  readonly misplaced: number
  /** How many components show the last event at the end. */
  readonly served: number
  readonly commits: number
  /** How many frames have passed, where they were counted. */
  readonly frames: number
  /** From the mount to the end, in ms. */
  readonly wall: number
  /** What was measured of each event, by names. */
  readonly lists?: Readonly<Record<string, readonly number[]>>
  /** What else the scenario counts. */
  readonly counts: Readonly<Record<string, number>>
}
