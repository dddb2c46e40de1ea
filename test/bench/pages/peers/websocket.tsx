import { useEventSource } from 'react-use-websocket'
import type { Trade } from '../trades.ts'
import { type PeerProps, runPeer } from './runPeer.tsx'

/** react-use-websocket: the latest message as state, and a callback that sees each. */
export function runWebsocket(share: boolean): void {
  runPeer(({ url, onTrade }: PeerProps) => {
    const { lastEvent } = useEventSource(url, {
      share,
      events: { message: ({ data }) => onTrade(JSON.parse(data) as Trade) },
    })
    const last = lastEvent as MessageEvent<string> | null
    return <p>{last && (JSON.parse(last.data) as Trade).id}</p>
  })
}
