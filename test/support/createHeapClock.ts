import type { Environment } from 'use-event-source/core'

/** An {@link Environment} for millions of timers, with only timers and random numbers. */
export interface HeapClock extends Environment {
  /** Lets time pass. Timers that fall due run in order, each at its own time. */
  advance(ms: number): void
}

interface Timer {
  readonly at: number
  /** `undefined` once cancelled. The timer stays in the heap until it is due. */
  callback: (() => void) | undefined
}

/** @param random - returns numbers from 0 up to but not including 1 */
export function createHeapClock(random: () => number): HeapClock {
  /** A binary heap: the timer at `i` is due no later than those at `2 * i + 1` and `2 * i + 2`. */
  const heap: Timer[] = []
  let now = 1_000_000

  return {
    now: () => now,
    random,
    setTimer(callback, delay) {
      const timer: Timer = { at: now + Math.max(0, delay), callback }
      add(timer)
      return () => {
        timer.callback = undefined
      }
    },
    onFrame: () => () => {},
    isOnline: () => true,
    leavingFor: () => 0,
    onWake: () => () => {},
    advance(ms) {
      const end = now + ms
      for (let first = heap[0]; first && first.at <= end; first = heap[0]) {
        removeFirst()
        if (!first.callback) continue
        now = first.at
        first.callback()
      }
      now = end
    },
  }

  function add(timer: Timer): void {
    let index = heap.push(timer) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = heap[above] as Timer
      if (parent.at <= timer.at) break
      heap[index] = parent
      index = above
    }
    heap[index] = timer
  }

  function removeFirst(): void {
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      if (dueAt(below + 1) < dueAt(below)) below++
      if (dueAt(below) >= last.at) break
      heap[index] = heap[below] as Timer
      index = below
    }
    heap[index] = last
  }

  function dueAt(index: number): number {
    return heap[index]?.at ?? Number.POSITIVE_INFINITY
  }
}
