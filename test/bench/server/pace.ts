/** A task with steps at a steady rate. */
export interface Paced {
  /** When the next step is due, in ms of `performance.now()`; `Infinity` after the last one. */
  due: number
  step(): void
}

const all = new Set<Paced>()
const lock = new Int32Array(new SharedArrayBuffer(4))
let isTurning = false

/**
 * Runs each step when it is due by the clock, and so without drift. Timers have a resolution of a
 * millisecond at best, so the loop sleeps for fractions of one instead. Returns a function that
 * stops it.
 */
export function pace(paced: Paced): () => void {
  all.add(paced)
  if (!isTurning) setImmediate(turn)
  isTurning = true
  return () => void all.delete(paced)
}

/** Runs one step in a turn of the event loop, so that its writes leave in a packet of their own. */
function turn(): void {
  let next: Paced | undefined
  for (const paced of all) if (!next || paced.due < next.due) next = paced
  isTurning = next !== undefined
  if (!next) return
  const wait = next.due - performance.now()
  // The sleep blocks the process, so it is short: other requests are waiting.
  if (wait > 0) Atomics.wait(lock, 0, 0, Math.min(wait, 1))
  if (performance.now() >= next.due) next.step()
  if (next.due === Infinity) all.delete(next)
  setImmediate(turn)
}
