import type { Environment } from 'use-event-source/core'

/** An {@link Environment} whose time stands still until it is told to pass. */
export interface Clock extends Environment {
  /** What `random()` returns from now on. */
  luck: number
  /** Whether the network is on; changing it tells nobody: `wake()` does. */
  online: boolean
  /** How many timers and frames have not come yet. */
  pending(): number
  /** How many listen to `wake()`. */
  wakers(): number
  /** Something has happened that is worth a look; `true`: the page is back from the cache. */
  wake(isRestored?: boolean): void
  /** Lets time jump ahead, as in a sleep: no timer runs meanwhile, nor comes any closer. */
  jump(ms: number): void
  /** Lets time pass: what falls due runs in its order, each at its own time. */
  advance(ms: number): void
  /** Runs what waits for a frame. */
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
