import { useEffect, useState } from 'react'
import { describe, type Trade } from '../trades.ts'
import { type PeerProps, runPeer } from './runPeer.tsx'

/** The code that tutorials show. */
function Naive({ url, onTrade }: PeerProps) {
  const [trades, setTrades] = useState<Trade[]>([])
  useEffect(() => {
    const source = new EventSource(url)
    source.onmessage = (event: MessageEvent<string>) => {
      const trade = JSON.parse(event.data) as Trade
      onTrade(trade)
      setTrades((previous) => [...previous, trade])
    }
    return () => source.close()
  }, [url, onTrade])
  return <p>{describe(trades)}</p>
}

runPeer(Naive)
