import { useEventSource, useEventSourceListener } from '@react-nano/use-event-source'
import { useState } from 'react'
import { describe, type Trade } from '../trades.ts'
import { type PeerProps, runPeer } from './runPeer.tsx'

/** @react-nano/use-event-source, used as its documentation shows. */
function Peer({ url, onTrade }: PeerProps) {
  const [trades, setTrades] = useState<readonly Trade[]>([])
  const [source] = useEventSource(url)
  useEventSourceListener(source, ['message'], ({ data }) => {
    const trade = JSON.parse(data) as Trade
    onTrade(trade)
    setTrades((previous) => [...previous, trade])
  })
  return <p>{describe(trades)}</p>
}

runPeer(Peer)
