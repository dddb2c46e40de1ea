import { SSEProvider, useSSE } from 'react-hooks-sse'
import { describe, type Trade } from '../trades.ts'
import { type PeerProps, runPeer } from './runPeer.tsx'

function Peer({ onTrade }: PeerProps) {
  const trades = useSSE<readonly Trade[], Trade>('message', [], {
    stateReducer: (previous, { data }) => [...previous, data],
    parser(data: string) {
      const trade = JSON.parse(data) as Trade
      onTrade(trade)
      return trade
    },
  })
  return <p>{describe(trades)}</p>
}

runPeer(Peer, (peers, url) => <SSEProvider endpoint={url}>{peers}</SSEProvider>)
