import { useEventSource } from '@reactuses/core'
import { useMemo } from 'react'
import type { Trade } from '../trades.ts'
import { type PeerProps, runPeer } from './runPeer.tsx'
import { useLatest } from './useLatest.ts'

function Peer({ url, onTrade }: PeerProps) {
  const { data } = useEventSource(url)
  const trade = useMemo(() => (data === null ? null : (JSON.parse(data) as Trade)), [data])
  useLatest(trade, onTrade)
  return <p>{trade?.id}</p>
}

runPeer(Peer)
