/** Something to do at a steady rate. */
export interface Paced {
  /** When the next step is due, by `performance.now()`; `Infinity`: never again. */
  due: number
  step(): void
}

const all = new Set<Paced>()
const lock = new Int32Array(new SharedArrayBuffer(4))
let isTurning = false

/**
 * Does a step whenever it is due, by the clock and so without drift. Timers wake once a millisecond at
 * best: this sleeps in between instead, for a fraction of one. Returns what stops it.
 */
export function pace(paced: Paced): () => void {
  all.add(paced)
  if (!isTurning) setImmediate(turn)
  isTurning = true
  return () => void all.delete(paced)
}

/** One step in one turn of the loop, after which what was written leaves as a packet of its own. */
function turn(): void {
  let next: Paced | undefined
  for (const paced of all) if (!next || paced.due < next.due) next = paced
  isTurning = next !== undefined
  if (!next) return
  const wait = next.due - performance.now()
  // Not for long: others want to be served too.
  if (wait > 0) Atomics.wait(lock, 0, 0, Math.min(wait, 1))
  if (performance.now() >= next.due) next.step()
  if (next.due === Infinity) all.delete(next)
  setImmediate(turn)
}
