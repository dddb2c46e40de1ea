import { useCallback, useState } from 'react'
import { useSSE } from 'react-eventsource'
import { describe, type Trade } from '../trades.ts'
import { type PeerProps, runPeer } from './runPeer.tsx'

function Peer({ url, onTrade }: PeerProps) {
  const [trades, setTrades] = useState<readonly Trade[]>([])
  // With an inline callback, as in its own examples, the hook reconnects forever.
  const onMessage = useCallback(
    ({ data }: { data: string }) => {
      const trade = JSON.parse(data) as Trade
      onTrade(trade)
      setTrades((previous) => [...previous, trade])
    },
    [onTrade],
  )
  useSSE({ url, onMessage })
  return <p>{describe(trades)}</p>
}

runPeer(Peer)
