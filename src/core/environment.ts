/** Cancels a scheduled callback or removes a listener. A second or a late call has no effect. */
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
  /** Whether there is the network that `url` needs, as far as the platform can tell. */
  isOnline(url: string): boolean
  /**
   * Returns for how many more ms to hold back a loss, because the page may be leaving; 0 if it is not.
   * Firefox and WebKit end a page's connections when a navigation starts, before the next page has
   * answered. Kept up to date only while an `onWake` callback is registered.
   */
  leavingFor(): number
  /**
   * Calls `callback` each time that the schedule should be reconsidered: when the network came or went,
   * or the page became visible. The argument is true when the page was restored from the back-forward
   * cache, where browsers close connections without an event.
   */
  onWake(callback: (isRestored: boolean) => void): Cancel
}

/** The platform that runs this code. */
export const platform: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer,
  onFrame,
  isOnline: (url) => globalThis.navigator?.onLine !== false || LOOPBACK.test(url),
  leavingFor: () => Math.max(0, leavingUntil - Date.now()),
  onWake,
}

/**
 * Publishes now the values that wait for the next frame, in every connection on the default platform.
 * For tests, and for code that must read the newest values. A connection whose `flush` option is a
 * number of ms keeps its pace.
 */
export function publishPending(): void {
  const callbacks = [...frameCallbacks]
  frameCallbacks.clear()
  cancelFrame?.()
  cancelFrame = undefined
  for (const callback of callbacks) callback()
}

/** Calls a user's function. Reports an exception as the platform reports one of an event listener. */
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

/** Reports an exception as uncaught, without interrupting the caller. */
export function reportException(error: unknown): void {
  if (typeof reportError === 'function') return reportError(error)
  // Node and React Native have no `reportError`. Thrown from a separate task, the exception counts as
  // uncaught there and does not interrupt the caller.
  setTimeout(() => {
    throw error
  })
}

/** The longest wait for a frame, in ms. Frames stop when the page is hidden or throttled. */
const FRAME_LIMIT = 1_000

/** The delay in place of a frame, in ms, in a hidden tab and on platforms without a screen. */
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
  // Not cancelled. A frame that comes after the timer publishes the values that arrived in between.
  if (isVisible) requestAnimationFrame(publishPending)
  return setTimer(publishPending, isVisible ? FRAME_LIMIT : FRAME_TIMER)
}

/** Matches urls of servers on this machine, which are reached without a network. */
const LOOPBACK = /^\w+:..(localhost|127[\d.]+|\[::1])[:/]/

// The longest delay that `setTimeout` supports. A longer one would fire at once.
const LONGEST_DELAY = 2 ** 31 - 1

function setTimer(callback: () => void, delay: number): Cancel {
  const timer = setTimeout(callback, Math.min(delay, LONGEST_DELAY))
  return () => clearTimeout(timer)
}

const PAGE_EVENTS =
  /*#__PURE__*/ 'offline online pageshow pagehide beforeunload visibilitychange'.split(' ')

/** How long a page that is being left may take to go, in ms. */
const LEAVING_TIME = 5_000

/** In ms since the epoch. */
let leavingUntil = 0

function onWake(callback: (isRestored: boolean) => void): Cancel {
  const onEvent = ({ type, persisted }: Partial<PageTransitionEvent>): void => {
    if (type === 'pagehide' || type === 'beforeunload') leavingUntil = Date.now() + LEAVING_TIME
    else if (type !== 'visibilitychange' || !document.hidden) callback(!!persisted)
  }
  // Servers and React Native have neither these events nor `addEventListener`.
  for (const name of PAGE_EVENTS) globalThis.addEventListener?.(name, onEvent)
  return () => {
    for (const name of PAGE_EVENTS) globalThis.removeEventListener?.(name, onEvent)
  }
}
