import type { RunConfig } from '../../contract.ts'
import { nextFrame } from '../frames.ts'

/** Reads a stream and calls `count` with how many units of it have come, until `end` of them have. */
export type ReadAll = (url: string, count: (units: number) => void) => void

/** Lets the harness run a transport alone: what comes of it is counted, and nothing else. */
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
    // What comes once too often has come by now.
    const seen = (units / end) * config.events
    return { seen, misplaced: 0, served: 1, commits: 0, frames: 0, wall, counts: {} }
  }
}
