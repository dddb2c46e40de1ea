import type { Cancel, Environment } from '../environment.ts'

/** A computer that sleeps stops its timers, but not the time: so often, in ms, the clock is read. */
const LONGEST_NAP = 5_000

/**
 * Calls `ring`, in a timer, once a moment has come by the clock, also where that has jumped ahead.
 *
 * @param dueAt - says the moment, in ms since the epoch, which may move. `Infinity`: never
 */
export function setAlarm(environment: Environment, dueAt: () => number, ring: () => void): Cancel {
  let cancel: Cancel | undefined
  sleep()
  return () => cancel?.()

  function sleep(): void {
    const wait = dueAt() - environment.now()
    if (wait < Infinity) cancel = environment.setTimer(wake, Math.min(wait, LONGEST_NAP))
  }

  function wake(): void {
    if (dueAt() > environment.now()) sleep()
    else ring()
  }
}
