import { SSEProvider, useSSE } from 'react-hooks-sse'
import type { Trade } from '../trades.ts'
import { type PeerProps, runPeer } from './runPeer.tsx'
import { useLatest } from './useLatest.ts'

function Peer({ onTrade }: PeerProps) {
  const trade = useSSE<Trade | null>('message', null)
  useLatest(trade, onTrade)
  return <p>{trade?.id}</p>
}

runPeer(Peer, (peers, url) => <SSEProvider endpoint={url}>{peers}</SSEProvider>)
