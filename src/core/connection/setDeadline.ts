import type { Cancel, Environment } from '../environment.ts'

/** In ms. Timers stop while a computer sleeps, but the clock goes on: read it at least this often. */
const CLOCK_CHECK_INTERVAL = 5_000

/**
 * Calls `onReached` from a timer once the clock has reached a deadline, even if the clock jumped past
 * it during sleep.
 *
 * @param deadline - returns the deadline in ms since the epoch; `Infinity` for none. Asked again at
 *   each check of the clock, so that activity can postpone it without a new timer
 */
export function setDeadline(
  environment: Environment,
  deadline: () => number,
  onReached: () => void,
): Cancel {
  let cancel: Cancel | undefined
  scheduleCheck()
  return () => cancel?.()

  function scheduleCheck(): void {
    const wait = deadline() - environment.now()
    if (wait < Infinity) cancel = environment.setTimer(check, Math.min(wait, CLOCK_CHECK_INTERVAL))
  }

  function check(): void {
    if (deadline() > environment.now()) scheduleCheck()
    else onReached()
  }
}
