import type { Bytes } from '../../support/server/script.ts'

/** A stream, and what the standard makes of it. */
export interface Case {
  /** What it shows, as a fact. */
  readonly name: string
  /** Where the HTML standard says so: the section, and what it speaks of there. */
  readonly rule: string
  /** What the server writes before it ends the answer. */
  readonly stream: Bytes
  /** The answer's content type. @default 'text/event-stream' */
  readonly contentType?: string
  /** The events, in order. */
  readonly events: readonly ExpectedEvent[]
  /** The last event id that the next request carries; `null` for none. @default that of the last event */
  readonly lastEventId?: string | null
  /** The time to wait before that request that the stream has set, in ms; left out: none. */
  readonly retry?: number
  /** Whether it is too long to be written byte by byte. */
  readonly isLong?: boolean
  /** Why Chromium's own EventSource does not show it, and what it shows instead, where it does at all. */
  readonly native?: { readonly why: string; readonly events?: readonly ExpectedEvent[] }
}

/** What is left out is what it is in an event of which nothing is said. */
export interface ExpectedEvent {
  /** @default 'message' */
  readonly type?: string
  readonly data: string
  /** @default '' */
  readonly lastEventId?: string
}

/** The same with all that was left out. */
export function expectedEvents(events: readonly ExpectedEvent[]): Required<ExpectedEvent>[] {
  return events.map((event) => ({ type: 'message', lastEventId: '', ...event }))
}

/** The last event id that a client has once it has read the stream of a case; `''` for none. */
export function expectedLastEventId({ events, lastEventId }: Case): string {
  return (lastEventId === undefined ? events.at(-1)?.lastEventId : lastEventId) ?? ''
}
