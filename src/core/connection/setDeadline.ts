import type { Cancel, Environment } from '../environment.ts'

/** The longest time between checks of the clock, in ms. Timers stop while a computer sleeps. */
const CLOCK_CHECK_INTERVAL = 5_000

/**
 * Calls `onReached` from a timer when the clock has reached a deadline. If the clock jumps past it, as
 * during sleep, the call comes at most 5 s late.
 *
 * @param deadline - returns the deadline in ms since the epoch. Called at each check of the clock, so
 *   that activity can postpone the deadline without a new timer. `Infinity` ends the checks
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
