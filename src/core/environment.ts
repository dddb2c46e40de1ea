/** Cancels a scheduled callback or a listener. Calling it again, or too late, has no effect. */
export type Cancel = () => void

/**
 * The parts of the platform that the core uses. Passed as an argument, so that tests can bring their
 * own clock. The default looks globals up at each call: importing the core touches none of them, and
 * fake timers work.
 */
export interface Environment {
  /** Milliseconds since the epoch. */
  now(): number
  /** A random number from 0 (included) to 1 (excluded). */
  random(): number
  /** Runs `callback` once, `delay` ms from now. */
  setTimer(callback: () => void, delay: number): Cancel
  /** Runs `callback` once, in the next animation frame. Without frames, runs it from a timer. */
  onFrame(callback: () => void): Cancel
  /** Whether the device has a network, as far as the platform can tell. */
  isOnline(): boolean
  /**
   * Calls `callback` when a retry may succeed sooner than scheduled: the network came or went, or the
   * page became visible.
   *
   * @param callback - `isRestored` is true when the page came back from the back-forward cache, where
   *   browsers kill connections without firing an event
   */
  onWake(callback: (isRestored: boolean) => void): Cancel
}

/** The platform that runs this code. */
export const platform: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer,
  onFrame,
  isOnline: () => globalThis.navigator?.onLine !== false,
  onWake,
}

/**
 * Publishes at once what every connection holds for the next frame. For tests, and for code that must
 * read the newest data now. Connections whose `flush` option is a number keep their timer.
 */
export function publishPending(): void {
  const callbacks = [...frameCallbacks]
  frameCallbacks.clear()
  cancelFrame?.()
  cancelFrame = undefined
  for (const callback of callbacks) callback()
}

/** Calls a callback of the user. Reports an exception, as the platform does for a listener. */
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

/** Reports an exception as uncaught, as the platform does for a listener. */
export function reportException(error: unknown): void {
  if (typeof reportError === 'function') return reportError(error)
  // Node and React Native have no `reportError`. Thrown from a separate task, the exception counts as
  // uncaught there and does not interrupt the caller.
  setTimeout(() => {
    throw error
  })
}

/** In ms: publishes without a frame if none comes, because the page was hidden or is throttled. */
const FRAME_LIMIT = 1_000

/** In ms: replaces the frame in a hidden tab, and on platforms without a screen. */
const FRAME_TIMER = 16

// One frame request serves all connections, so their updates share one React commit.
const frameCallbacks = new Set<() => void>()
let cancelFrame: Cancel | undefined

function onFrame(callback: () => void): Cancel {
  frameCallbacks.add(callback)
  cancelFrame ??= requestFrame()
  return () => frameCallbacks.delete(callback)
}

function requestFrame(): Cancel {
  const isVisible = globalThis.document?.hidden === false
  // Never cancelled: a late frame publishes what was added since, in that frame.
  if (isVisible) requestAnimationFrame(publishPending)
  return setTimer(publishPending, isVisible ? FRAME_LIMIT : FRAME_TIMER)
}

// The longest delay that `setTimeout` supports. A longer one would fire at once.
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
  // Servers and React Native have neither these events nor `addEventListener`.
  for (const name of WAKE_EVENTS) globalThis.addEventListener?.(name, onEvent)
  return () => {
    for (const name of WAKE_EVENTS) globalThis.removeEventListener?.(name, onEvent)
  }
}
