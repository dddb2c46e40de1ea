/** The types that the page and the harness share. */

/** The data of an event. Ids count up from 0. */
export interface Trade {
  readonly id: number
  readonly symbol: string
  readonly price: number
  readonly size: number
  /** The time of the trade, in ms; in a paced stream, the time when the server wrote the event. */
  readonly at: number
}

/** The stream that a page requests. */
export interface StreamShape {
  /** The number of events. The stream then stays open, so that no client reconnects. */
  readonly events: number
  /** Events per second, each in its own packet; 0 for as fast as the client reads. */
  readonly rate: number
  /** The minimum size of an event, in bytes. */
  readonly size: number
  readonly eol: 'lf' | 'crlf'
  /** The number of symbols, which trade in turn. */
  readonly symbols: number
  /** How many streams of a run start together and receive each event at the same time. */
  readonly together: number
}

/** The instructions for a page. */
export interface RunConfig {
  readonly url: string
  readonly events: number
  /** The size of a flood, in bytes. */
  readonly bytes: number
  readonly components: number
  /** Whether frames are counted, which costs a little. */
  readonly frames: boolean
}

/** The report of a page. */
export interface Outcome {
  /** The most events that one component has seen. */
  readonly seen: number
  /** The most events in one component that did not directly follow the event before. */
  readonly misplaced: number
  /** How many components show the last event at the end. */
  readonly served: number
  readonly commits: number
  /** How many frames have passed; 0 when they were not counted. */
  readonly frames: number
  /** The time from the mount to the end, in ms. */
  readonly wall: number
  /** Values measured for each event, by name. */
  readonly lists?: Readonly<Record<string, readonly number[]>>
  /** Other counts of the scenario, by name. */
  readonly counts: Readonly<Record<string, number>>
}
