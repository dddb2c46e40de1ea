import type { RunConfig } from '../../contract.ts'
import { nextFrame } from '../frames.ts'

/** Reads a stream and calls `count` with the number of units in each arrival. */
export type ReadAll = (url: string, count: (units: number) => void) => void

/** Lets the harness run a transport alone. The page only counts the units that it delivers. */
export function runTransport(read: ReadAll, endOf = ({ events }: RunConfig) => events): void {
  globalThis.bench = async (config) => {
    const end = endOf(config)
    let units = 0
    const start = performance.now()
    await new Promise<void>((resolve) => {
      read(config.url, (more) => {
        units += more
        if (units === end) resolve()
      })
    })
    const wall = performance.now() - start
    await nextFrame()
    await nextFrame()
    // Duplicates have arrived before this point, and make `seen` too large.
    const seen = (units / end) * config.events
    return { seen, misplaced: 0, served: 1, commits: 0, frames: 0, wall, counts: {} }
  }
}
