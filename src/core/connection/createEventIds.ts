import { detach } from '../detach.ts'
import type { ServerSentEvent } from '../transport/transport.ts'

/** Tracks the last event id, which a stream resumes after, and recent ids, which reveal repeats. */
export interface EventIds {
  /** Returns the last event id; `''` for none. */
  last(): string
  /** Prepares for a new attempt. `initial` is the id that the first attempt resumes after. */
  startAttempt(initial: string): void
  set(id: string): void
  /**
   * Records an event. Returns false if one of the last `dedupe` events had the same id.
   *
   * @param dedupe - how many ids to remember; with 0 or `undefined`, every event is new
   */
  recordIfNew(event: ServerSentEvent, dedupe: number | undefined): boolean
}

export function createEventIds(): EventIds {
  let last: string | undefined
  /** The latest event. Reading the id of a DOM event is slow, so it is read only when needed. */
  let latest: ServerSentEvent | undefined
  /** Whether the current attempt has delivered an id. */
  let hasId = false
  /** The ids of the last events, oldest first. */
  const recent = new Set<string>()

  return {
    last: readLast,
    startAttempt(initial) {
      last = readLast() ?? initial
      hasId = false
    },
    set(id) {
      latest = undefined
      hasId ||= id !== ''
      last = id
    },
    recordIfNew(event, dedupe = 0) {
      latest = event
      hasId ||= event.lastEventId !== ''
      if (!dedupe && !recent.size) return true
      const id = event.lastEventId
      for (const oldest of recent) {
        if (recent.size <= dedupe) break
        recent.delete(oldest)
      }
      if (recent.has(id)) return false
      if (id && dedupe) recent.add(detach(id))
      return true
    },
  }

  function readLast(): string {
    // A new `EventSource` starts with an empty id, until the server sends one. An empty id before that
    // is not a reset: the id to resume after stays.
    if (latest && hasId) last = detach(latest.lastEventId)
    latest = undefined
    return last as string
  }
}
