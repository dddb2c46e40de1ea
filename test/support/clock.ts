import type { Environment } from 'use-event-source/core'

/** An {@link Environment} whose time passes only in `advance` and `jump`. */
export interface Clock extends Environment {
  /** The value that `random()` returns. */
  luck: number
  /** Whether the network is online. A change notifies no listener; call `wake()` for that. */
  online: boolean
  /** For how long a loss is a sign that the page is being left, in ms. */
  leaving: number
  /** How many timers and frames are pending. */
  pending(): number
  /** How many listeners `wake()` calls. */
  wakers(): number
  /** Wakes the listeners; with `true`, as a page restored from the back-forward cache. */
  wake(isRestored?: boolean): void
  /** Moves the time ahead, as after a sleep: no timer runs, and none comes closer. */
  jump(ms: number): void
  /** Lets time pass. Timers that fall due run in order, each at its own time. */
  advance(ms: number): void
  /** Runs the callbacks that wait for a frame. */
  frame(): void
}

/** @param start - in ms since the epoch */
export function createClock(start = 1_000_000): Clock {
  const timers = new Set<{ at: number; readonly callback: () => void }>()
  const frames = new Set<() => void>()
  const wakers = new Set<{ readonly callback: (isRestored: boolean) => void }>()
  let now = start
  const clock: Clock = {
    luck: 0.5,
    now: () => now,
    random: () => clock.luck,
    setTimer(callback, delay) {
      const timer = { at: now + Math.max(0, delay), callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    onFrame(callback) {
      const frame = (): void => callback()
      frames.add(frame)
      return () => frames.delete(frame)
    },
    online: true,
    isOnline: () => clock.online,
    leaving: 0,
    leavingFor: () => clock.leaving,
    onWake(callback) {
      const waker = { callback }
      wakers.add(waker)
      return () => wakers.delete(waker)
    },
    pending: () => timers.size + frames.size,
    wakers: () => wakers.size,
    wake(isRestored = false) {
      for (const { callback } of [...wakers]) callback(isRestored)
    },
    jump(ms) {
      now += ms
      for (const timer of timers) timer.at += ms
    },
    advance(ms) {
      const end = now + ms
      for (let timer = next(end); timer; timer = next(end)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        timer.callback()
      }
      now = end
    },
    frame() {
      const due = [...frames]
      frames.clear()
      for (const frame of due) frame()
    },
  }
  return clock

  function next(end: number) {
    const due = [...timers].filter(({ at }) => at <= end)
    return due.sort((a, b) => a.at - b.at)[0]
  }
}
