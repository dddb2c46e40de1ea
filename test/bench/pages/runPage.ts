import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Outcome, RunConfig } from '../contract.ts'
import { createObserver, type Observe } from './createObserver.ts'
import { countFrames, nextFrame } from './frames.ts'

/** The instructions for rendering a variant. */
export interface Assignment {
  readonly url: string
  readonly components: number
  /** Creates a callback for one component, which calls it with each event that it sees. */
  observe(): Observe
  /**
   * Called with trades in pages where no component sees all of them. The last trade ends the run.
   */
  readonly finish: Observe
}

interface PageOptions {
  /** Other counts, by name. */
  readonly counts?: Readonly<Record<string, number>>
  /** Returns the id of the trade that a component shows at the end. Default: the last one's. */
  readonly last?: (config: RunConfig, index: number) => number
}

declare global {
  /** Runs the page once; called by the harness. */
  var bench: (config: RunConfig) => Promise<Outcome>
  /** Unmounts the page of the last run. Resolves after its connection has closed. */
  var leave: () => Promise<void>
  /** How often React has committed, counted by a script in the page. */
  var commits: number
}

/** How long a page may make no progress, in ms, before the run ends. */
const PATIENCE = 1_500
const LOOK = 250
/** A time longer than a connection outlives its last subscriber, in ms. */
const LINGER = 1_500

/** Lets the harness run a page that `render` returns. */
export function runPage(
  render: (assignment: Assignment) => ReactNode,
  { counts = {}, last = ({ events }) => events - 1 }: PageOptions = {},
): void {
  globalThis.bench = async (config) => {
    const { url, components } = config
    const container = document.querySelector('#root') as HTMLElement
    const root = createRoot(container)
    const observer = createObserver(config.events)
    const { observe, finish } = observer
    const frames = config.frames ? countFrames() : undefined
    globalThis.commits = 0
    const start = performance.now()
    root.render(render({ url, components, observe, finish }))
    await Promise.race([observer.done, standstill()])
    // A seen event is usually shown by the next frame, but some variants need more.
    for (let frame = 0; frame < 30 && served() < components; frame++) await nextFrame()
    const wall = performance.now() - start
    await nextFrame()
    await nextFrame()
    const { seen, misplaced } = observer
    const framesPassed = frames?.current ?? 0
    globalThis.leave = async () => {
      root.unmount()
      await new Promise((resolve) => setTimeout(resolve, LINGER))
    }
    return { seen, misplaced, served: served(), commits, frames: framesPassed, wall, counts }

    function served(): number {
      const isServed = ({ textContent }: Element, index: number) =>
        textContent.split(' ').at(-1) === String(last(config, index))
      return [...container.children].filter(isServed).length
    }

    async function standstill(): Promise<void> {
      let before = -1
      let looks = 0
      // Counts timer turns, not clock time: during a task of seconds no other task gets a turn.
      while (looks * LOOK < PATIENCE) {
        await new Promise((resolve) => setTimeout(resolve, LOOK))
        const progress = observer.total + commits
        looks = progress === before ? looks + 1 : 0
        before = progress
      }
    }
  }
}
