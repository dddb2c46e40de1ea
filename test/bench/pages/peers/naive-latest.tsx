import { useEffect, useState } from 'react'
import type { Trade } from '../trades.ts'
import { type PeerProps, runPeer } from './runPeer.tsx'
import { useLatest } from './useLatest.ts'

/** The code that tutorials show. */
function Naive({ url, onTrade }: PeerProps) {
  const [trade, setTrade] = useState<Trade>()
  useEffect(() => {
    const source = new EventSource(url)
    source.onmessage = (event: MessageEvent<string>) => setTrade(JSON.parse(event.data) as Trade)
    return () => source.close()
  }, [url])
  useLatest(trade, onTrade)
  return <p>{trade?.id}</p>
}

runPeer(Naive)
