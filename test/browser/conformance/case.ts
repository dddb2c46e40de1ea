import type { Bytes } from '../../support/server/script.ts'

/** A stream, and its events by the standard. */
export interface Case {
  /** The rule that the case shows, as a fact. */
  readonly name: string
  /** The section of the HTML standard, and its subject. */
  readonly rule: string
  /** The bytes that the server writes before it ends the answer. */
  readonly stream: Bytes
  /** The answer's content type. @default 'text/event-stream' */
  readonly contentType?: string
  /** The events, in order. */
  readonly events: readonly ExpectedEvent[]
  /** The last event id of the next request; `null` for none. @default the id of the last event */
  readonly lastEventId?: string | null
  /** The delay that the stream sets for the next request, in ms. */
  readonly retry?: number
  /** Whether the stream is too long to be written byte by byte. */
  readonly isLong?: boolean
  /** Why Chromium's EventSource differs, and its events; without them the case is skipped there. */
  readonly native?: { readonly why: string; readonly events?: readonly ExpectedEvent[] }
}

/** An event, with defaults for the fields that are left out. */
export interface ExpectedEvent {
  /** @default 'message' */
  readonly type?: string
  readonly data: string
  /** @default '' */
  readonly lastEventId?: string
}

/** Returns the events with their defaults filled in. */
export function expectedEvents(events: readonly ExpectedEvent[]): Required<ExpectedEvent>[] {
  return events.map((event) => ({ type: 'message', lastEventId: '', ...event }))
}

/** Returns the last event id of a client that has read the stream of a case; `''` for none. */
export function expectedLastEventId({ events, lastEventId }: Case): string {
  return (lastEventId === undefined ? events.at(-1)?.lastEventId : lastEventId) ?? ''
}
