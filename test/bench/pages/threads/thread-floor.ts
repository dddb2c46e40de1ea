import type { Trade } from '../trades.ts'
import { readByFetch } from '../variants/readByFetch.ts'

/** Minimal handwritten worker: reads, parses, and sends all trades of a frame in one message. */

const FRAME = 16

let trades: Trade[] = []
let isDue = false

globalThis.onmessage = ({ data: url }: MessageEvent<string>) => {
  void readByFetch(
    url,
    (data) => trades.push(JSON.parse(data) as Trade),
    () => {
      if (isDue) return
      isDue = true
      setTimeout(send, FRAME)
    },
  )
}

function send(): void {
  isDue = false
  postMessage(trades)
  trades = []
}
