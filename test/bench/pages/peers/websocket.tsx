import { useEventSource } from 'react-use-websocket'
import type { Trade } from '../trades.ts'
import { type PeerProps, runPeer } from './runPeer.tsx'

/** Runs react-use-websocket, with the latest message as state and a callback for each message. */
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
