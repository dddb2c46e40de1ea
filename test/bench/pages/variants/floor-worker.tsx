import type { Trade } from '../trades.ts'
import { runFloor } from './floor.tsx'

runFloor((url, { keep, onArrival }) => {
  const worker = new Worker('/thread-floor.js', { type: 'module' })
  worker.onmessage = ({ data: trades }: MessageEvent<readonly Trade[]>) => {
    for (const trade of trades) keep(trade)
    onArrival()
  }
  worker.postMessage(url)
})
