import { useSyncExternalStore } from 'react'
import type { Observe } from '../createObserver.ts'
import { runPage } from '../runPage.ts'
import { describe, KEPT, type Trade } from '../trades.ts'

/** The callbacks for a stream that is read by hand. */
interface Sink {
  /** Called with the data of an event. */
  onData(data: string): void
  /** Called with the parsed data of an event, in place of `onData`. */
  keep(trade: Trade): void
  /** Called after the events of each arrival. */
  onArrival(): void
}

export type Read = (url: string, sink: Sink) => void

/**
 * Runs the minimal handwritten code for this page: one store, whose value all components show once
 * a frame. The store has no connection states, no errors and no resuming, and it never closes.
 */
export function runFloor(read: Read): void {
  runPage(({ url, components, observe }) => {
    const store = createStore(url, read, observe())
    return Array.from({ length: components }, (_, index) => <Last key={index} store={store} />)
  })
}

type Store = ReturnType<typeof createStore>

function Last({ store }: { store: Store }) {
  return <p>{describe(useSyncExternalStore(store.subscribe, store.getSnapshot))}</p>
}

function createStore(url: string, read: Read, observe: Observe) {
  const listeners = new Set<() => void>()
  let kept: Trade[] = []
  let shown: readonly Trade[] = []
  let isDue = false
  const flush = (): void => {
    isDue = false
    shown = kept.slice(-KEPT)
    for (const listener of listeners) listener()
  }
  const keep = (trade: Trade): void => {
    observe(trade)
    kept.push(trade)
    if (kept.length === 2 * KEPT) kept = kept.slice(-KEPT)
  }
  const onData = (data: string): void => keep(JSON.parse(data) as Trade)
  const onArrival = (): void => {
    if (isDue) return
    isDue = true
    requestAnimationFrame(flush)
  }
  read(url, { onData, keep, onArrival })
  return {
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    getSnapshot: () => shown,
  }
}
