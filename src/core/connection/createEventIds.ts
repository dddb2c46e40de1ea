import { detach } from '../detach.ts'
import type { ServerSentEvent } from '../transport/transport.ts'

/** Tracks a stream's event ids: the last one, to resume after, and recent ones, to detect repeats. */
export interface EventIds {
  /** Returns the last event id; `''` for none. */
  last(): string
  /** Prepares for a new attempt. `initial` is the id that the first attempt resumes after. */
  startAttempt(initial: string): void
  /** Sets the last event id. */
  set(id: string): void
  /**
   * Records an event. Returns false if one of the last `dedupe` events had the same id.
   *
   * @param dedupe - how many ids to remember; 0 or left out: none, and every event is new
   */
  recordIfNew(event: ServerSentEvent, dedupe: number | undefined): boolean
}

export function createEventIds(): EventIds {
  let last: string | undefined
  /** The event with the newest id. Reading the id of a DOM event is slow, so it is read on demand. */
  let latest: ServerSentEvent | undefined
  /** The first id that the current attempt has delivered. */
  let firstOfAttempt = ''
  /** The ids of the last events, oldest first. */
  const recent = new Set<string>()

  return {
    last: settle,
    startAttempt(initial) {
      last = settle() ?? initial
      firstOfAttempt = ''
    },
    set(id) {
      latest = undefined
      firstOfAttempt ||= id
      last = id
    },
    recordIfNew(event, dedupe = 0) {
      latest = event
      firstOfAttempt ||= event.lastEventId
      if (!dedupe && !recent.size) return true
      const id = event.lastEventId
      while (recent.size > dedupe) recent.delete(recent.values().next().value as string)
      if (recent.has(id)) return false
      if (id && dedupe) recent.add(detach(id))
      return true
    },
  }

  function settle(): string {
    // A new `EventSource` starts with an empty id, until the server sends one. An empty id before that
    // is not a reset: the id to resume after stays.
    if (latest && firstOfAttempt) last = detach(latest.lastEventId)
    latest = undefined
    return last as string
  }
}
