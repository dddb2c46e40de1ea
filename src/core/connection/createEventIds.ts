import { detach } from '../detach.ts'
import type { ServerSentEvent } from '../transport/transport.ts'

/** Tracks the last event id, which a stream resumes after, and recent ids, which reveal repeats. */
export interface EventIds {
  /** Returns the last event id; `''` for none. */
  last(): string
  /** Prepares for a new attempt. `initial` is the id that the first attempt resumes after. */
  startAttempt(initial: string): void
  /** Notes that the server has answered, and may repeat events. */
  startResponse(): void
  set(id: string): void
  /**
   * Records an event. Returns false if one of the last `dedupe` events had the same id. A repeat does
   * not change the last event id.
   *
   * @param dedupe - how many ids to remember; with 0 or `undefined`, every event is new
   */
  accept(event: ServerSentEvent, dedupe: number | undefined): boolean
}

export function createEventIds(): EventIds {
  let last: string | undefined
  /** The latest event. Reading the id of a DOM event is slow, so it is read only when needed. */
  let latest: ServerSentEvent | undefined
  /** Whether the current attempt has delivered an id. */
  let attemptHasId = false
  /**
   * Whether an event with a known id can be a repeat, where the transport does not say which events have
   * an id of their own. After the first new id of a response, events without one inherit it.
   */
  let mayRepeat = false
  /** The ids of the last events, oldest first. */
  const recent = new Set<string>()

  return {
    last: readLast,
    startAttempt(initial) {
      last = readLast() ?? initial
      attemptHasId = false
    },
    startResponse() {
      mayRepeat = true
    },
    set(id) {
      latest = undefined
      attemptHasId ||= !!id
      last = id
    },
    accept(event, dedupe = 0) {
      if (dedupe || recent.size) {
        const id = event.lastEventId
        for (const oldest of recent) {
          if (recent.size <= dedupe) break
          recent.delete(oldest)
        }
        if (recent.has(id)) {
          if (event.hasId ?? mayRepeat) return false
        } else if (id && dedupe) {
          recent.add(detach(id))
          mayRepeat = false
        }
      }
      latest = event
      attemptHasId ||= event.lastEventId !== ''
      return true
    },
  }

  function readLast(): string {
    // A new `EventSource` starts with an empty id, until the server sends one. An empty id before that
    // is not a reset: the id to resume after stays.
    if (latest && attemptHasId) last = detach(latest.lastEventId)
    latest = undefined
    return last as string
  }
}
