import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Outcome, RunConfig } from '../contract.ts'
import { createObserver, type Observe } from './createObserver.ts'
import { countFrames, nextFrame } from './frames.ts'

/** What a variant is given to render. */
export interface Assignment {
  readonly url: string
  readonly components: number
  /** Makes what a component tells of each event that it sees. */
  observe(): Observe
  /** Is told of trades, where no component sees each: the last one of the stream ends the run. */
  readonly finish: Observe
}

interface PageOptions {
  /** What else is counted, by names. */
  readonly counts?: Readonly<Record<string, number>>
  /** The id of the trade that a component shows at the end; left out: the last one's. */
  readonly last?: (config: RunConfig, index: number) => number
}

declare global {
  /** What the harness calls. */
  var bench: (config: RunConfig) => Promise<Outcome>
  /** Unmounts what that has mounted; resolves once what lingers is over. */
  var leave: () => Promise<void>
  /** How often React has committed; the page counts. */
  var commits: number
}

/** How long a page may stand still, in ms, before it counts as having done what it can. */
const PATIENCE = 1_500
const LOOK = 250
/** Longer than a stream stays open that nobody needs any more, in ms. */
const LINGER = 1_500

/** Lets the harness run what `render` makes of an assignment. */
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
    // Seen is not shown: that takes until the next frame, if nobody has to wait for more.
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
      // Not by the clock alone: where a task takes seconds, time passes without a turn for others.
      while (looks * LOOK < PATIENCE) {
        await new Promise((resolve) => setTimeout(resolve, LOOK))
        const progress = observer.total + commits
        looks = progress === before ? looks + 1 : 0
        before = progress
      }
    }
  }
}
