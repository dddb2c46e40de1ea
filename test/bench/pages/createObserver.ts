import type { Trade } from './trades.ts'

/** Called with each event that a component has seen. */
export type Observe = (trade: Trade) => void

interface Watch {
  seen: number
  misplaced: number
}

/**
 * Counts the events that components see, and those that do not directly follow the event before.
 */
export function createObserver(events: number) {
  const watches: Watch[] = []
  let ended = 0
  let total = 0
  let resolve: () => void
  const done = new Promise<void>((resolver) => (resolve = resolver))

  return {
    /** Resolves once every observing component has seen the last event. */
    done,
    observe(): Observe {
      const watch: Watch = { seen: 0, misplaced: 0 }
      watches.push(watch)
      let next = 0
      return ({ id }) => {
        if (id !== next) watch.misplaced++
        next = id + 1
        watch.seen++
        total++
        if (next === events && ++ended === watches.length) resolve()
      }
    },
    finish({ id }: Trade): void {
      if (id === events - 1) resolve()
    },
    /** The number of events that all components have seen together. */
    get total() {
      return total
    },
    get seen() {
      return Math.max(0, ...watches.map(({ seen }) => seen))
    },
    get misplaced() {
      return Math.max(0, ...watches.map(({ misplaced }) => misplaced))
    },
  }
}
