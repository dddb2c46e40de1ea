/** What is known of the ids of a stream's events. */
export interface EventIds {
  /** The last event id, which is the one to resume after; `''` for none. */
  last(): string
  /** A new attempt begins; the first one resumes after `initial`. */
  begin(initial: string): void
  /** The last event id is this one now. */
  move(id: string): void
  /** An event of this id has come; returns whether one had among the last `count` events. */
  see(id: string, count: number | undefined): boolean
}

export function createEventIds(): EventIds {
  let last: string | undefined
  /** The first one that this attempt has brought. */
  let first = ''
  /** Those that came last, oldest first. */
  const recent = new Set<string>()

  const move = (id: string): void => {
    first ||= id
    last = id
  }
  return {
    last: () => last as string,
    begin(initial) {
      last ??= initial
      first = ''
    },
    move,
    see(id, count = 0) {
      // Before the first id that it is sent, a new `EventSource` knows none; that takes none back.
      if (first || id) move(id)
      while (recent.size > count) recent.delete(recent.values().next().value as string)
      if (recent.has(id)) return true
      if (id && count) recent.add(id)
      return false
    },
  }
}
