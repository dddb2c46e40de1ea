/** Takes back what was scheduled; once it has run, or was taken back, it does nothing. */
export type Cancel = () => void

/**
 * What the core needs of the platform. It comes in by argument, so that a test can bring its own
 * clock; the default looks the globals up at each call, so that importing touches none and fake
 * timers work.
 */
export interface Environment {
  /** Milliseconds since the epoch. */
  now(): number
  /** A number from 0 up to, not including, 1. */
  random(): number
  /** Runs `callback` once, `delay` ms from now. */
  setTimer(callback: () => void, delay: number): Cancel
  /** Runs `callback` once, in the next frame; where there are no frames, by a timer. */
  onFrame(callback: () => void): Cancel
  /** Whether there is a network, as far as the platform can tell. */
  isOnline(): boolean
  /**
   * Calls `callback` when something has happened after which it is worth looking at once rather than
   * waiting: the network has come or gone, or the page has come into view.
   *
   * @param callback - is told whether the page was restored from the back-forward cache, where its
   *   connections may have died without a word
   */
  onWake(callback: (isRestored: boolean) => void): Cancel
}

/** The platform that the code runs on. */
export const platform: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer,
  onFrame,
  isOnline: () => globalThis.navigator?.onLine !== false,
  onWake,
}

/**
 * Publishes at once what waits for the next frame, in every connection. For tests, and for code that
 * must read what has arrived by now.
 */
export function flush(): void {
  const callbacks = [...waiting]
  waiting.clear()
  cancelFrame?.()
  cancelFrame = undefined
  for (const callback of callbacks) callback()
}

/** Calls what belongs to the user; an exception is reported as the platform reports a listener's. */
export function callUser<Args extends unknown[], Result>(
  callback: ((...args: Args) => Result) | undefined,
  ...args: Args
): Result | undefined {
  try {
    return callback?.(...args)
  } catch (error) {
    reportException(error)
    return undefined
  }
}

/** Reports an exception as uncaught, as the platform does with a listener's. */
export function reportException(error: unknown): void {
  if (typeof reportError === 'function') return reportError(error)
  // Node and React Native have no `reportError`: thrown from a task of its own, it becomes what an
  // uncaught exception is there, and harms nobody here.
  setTimeout(() => {
    throw error
  })
}

/** How long a page waits for a frame that may not come: it was hidden meanwhile, or is throttled. */
const FRAME_LIMIT = 1_000

/** How often there is a "frame" where there are none: in a hidden tab, or without a screen. */
const FRAME_TIMER = 16

// One request for all connections: callbacks of one frame share one React commit.
const waiting = new Set<() => void>()
let cancelFrame: Cancel | undefined

function onFrame(callback: () => void): Cancel {
  waiting.add(callback)
  cancelFrame ??= requestFrame()
  return () => waiting.delete(callback)
}

function requestFrame(): Cancel {
  const isVisible = globalThis.document?.hidden === false
  // Not taken back: a frame that comes late publishes what waits for that very frame.
  if (isVisible) requestAnimationFrame(flush)
  return setTimer(flush, isVisible ? FRAME_LIMIT : FRAME_TIMER)
}

// The longest delay that `setTimeout` knows: a longer one would fire at once.
const LONGEST_DELAY = 2 ** 31 - 1

function setTimer(callback: () => void, delay: number): Cancel {
  const timer = setTimeout(callback, Math.min(delay, LONGEST_DELAY))
  return () => clearTimeout(timer)
}

const WAKE_EVENTS = ['online', 'offline', 'visibilitychange', 'pageshow'] as const

function onWake(callback: (isRestored: boolean) => void): Cancel {
  const onEvent = (event: Event): void => {
    if (event.type !== 'visibilitychange' || !document.hidden)
      callback(!!(event as PageTransitionEvent).persisted)
  }
  // Where there are no such events, as on a server or in React Native, there is nothing to add to.
  for (const name of WAKE_EVENTS) globalThis.addEventListener?.(name, onEvent)
  return () => {
    for (const name of WAKE_EVENTS) globalThis.removeEventListener?.(name, onEvent)
  }
}
