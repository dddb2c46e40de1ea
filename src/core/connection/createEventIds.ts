import { detach } from '../detach.ts'
import type { ServerSentEvent } from '../transport/transport.ts'

/** What is known of the ids of a stream's events. */
export interface EventIds {
  /** The last event id, which is the one to resume after; `''` for none. */
  last(): string
  /** A new attempt begins; the first one resumes after `initial`. */
  begin(initial: string): void
  /** The last event id is this one now. */
  move(id: string): void
  /** An event has come; returns whether one of its id had among the last `count` events. */
  see(event: ServerSentEvent, count: number | undefined): boolean
}

export function createEventIds(): EventIds {
  let last: string | undefined
  /** The event whose id that is by now. A DOM event's is dear to read, and mostly not asked for. */
  let latest: ServerSentEvent | undefined
  /** The first one that this attempt has brought. */
  let first = ''
  /** Those that came last, oldest first. */
  const recent = new Set<string>()

  return {
    last: settle,
    begin(initial) {
      last = settle() ?? initial
      first = ''
    },
    move(id) {
      latest = undefined
      first ||= id
      last = id
    },
    see(event, count = 0) {
      latest = event
      first ||= event.lastEventId
      if (!count && !recent.size) return false
      const id = event.lastEventId
      while (recent.size > count) recent.delete(recent.values().next().value as string)
      if (recent.has(id)) return true
      if (id && count) recent.add(detach(id))
      return false
    },
  }

  function settle(): string {
    // Before the first id that it is sent, a new `EventSource` knows none; that takes none back.
    if (latest && first) last = detach(latest.lastEventId)
    latest = undefined
    return last as string
  }
}
