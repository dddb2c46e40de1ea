import { type ComponentType, useEffect, useLayoutEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { nextFrame } from '../frames.ts'
import type { Trade } from '../trades.ts'
import { watchPaints } from './paints.ts'

/**
 * Lets the harness run two components in one page: this one, and `SetState` for comparison. The
 * server writes each event to both of them at the same time.
 */
export function runLatency(Panel: ComponentType<PanelProps>): void {
  globalThis.bench = async ({ url, events }) => {
    const offset = await clockOffset()
    const paints = watchPaints()
    const start = performance.now()
    const show = (name: string, Panel: ComponentType<PanelProps>) => {
      const frames: number[] = []
      const root = document.body.appendChild(document.createElement('div'))
      const shown = new Promise<void>((resolve) => {
        const onShow = ({ id }: Trade): void => {
          // Earlier events that were never shown by themselves count as painted here.
          while (frames.length <= id) frames.push(paints.next)
          if (id === events - 1) resolve()
        }
        // The urls differ, since the browser's cache makes equal requests wait for each other.
        createRoot(root).render(<Panel url={`${url}&panel=${name}`} onShow={onShow} />)
      })
      return { frames, shown }
    }
    const writes: number[] = []
    const onArrival = ({ id, at }: Trade): void => void (writes[id] = at)
    const naive = show('naive', (props) => <SetState {...props} onArrival={onArrival} />)
    const ours = show('ours', Panel)
    await Promise.all([naive.shown, ours.shown])
    const wall = performance.now() - start
    const last = paints.next
    while (Number.isNaN(paints.at(last))) await nextFrame()
    const latencies = (frames: readonly number[]) =>
      frames.map((frame, id) => paints.at(frame) + offset - (writes[id] ?? NaN))
    return {
      seen: Math.min(naive.frames.length, ours.frames.length),
      misplaced: 0,
      served: 1,
      commits,
      frames: paints.next - 1,
      wall,
      counts: {},
      lists: {
        oursMs: latencies(ours.frames),
        naiveMs: latencies(naive.frames),
        framesLater: ours.frames.map((frame, id) => frame - (naive.frames[id] ?? NaN)),
      },
    }
  }
}

export interface PanelProps {
  url: string
  onShow(trade: Trade): void
}

interface SetStateProps extends PanelProps {
  onArrival?: ((trade: Trade) => void) | undefined
}

/** Reads with a native EventSource, and calls `setState` for each message. */
export function SetState({ url, onShow, onArrival }: SetStateProps) {
  const [trade, setTrade] = useState<Trade>()
  useEffect(() => {
    const source = new EventSource(url)
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const trade = JSON.parse(data) as Trade
      onArrival?.(trade)
      setTrade(trade)
    }
    return () => source.close()
  }, [url, onArrival])
  return <Shown trade={trade} onShow={onShow} />
}

/** Shows a trade, and calls `onShow` as soon as React has committed it. */
export function Shown({
  trade,
  onShow,
}: Pick<PanelProps, 'onShow'> & { trade: Trade | undefined }) {
  useLayoutEffect(() => {
    if (trade) onShow(trade)
  }, [trade, onShow])
  return <p>{trade?.id}</p>
}

/**
 * Returns the offset from `performance.now()` to the server's clock, by the fastest of 20 requests.
 */
async function clockOffset(): Promise<number> {
  let offset = 0
  let quickest = Infinity
  for (let ask = 0; ask < 20; ask++) {
    const asked = performance.now()
    const served = Number(await (await fetch('/ping')).text())
    const took = performance.now() - asked
    if (took < quickest) offset = served - (asked + took / 2)
    quickest = Math.min(quickest, took)
  }
  return offset
}
