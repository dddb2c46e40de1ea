import { json, useEventSource } from 'use-event-source'
import type { Transport } from 'use-event-source/core'
import type { Trade } from '../trades.ts'
import { type PanelProps, runLatency, Shown } from './runLatency.tsx'

/** Runs the library over one of its transports. */
export function runOurs(transport: Transport): void {
  const options = { transport }

  runLatency(function Ours({ url, onShow }: PanelProps) {
    const { data } = useEventSource(url, { message: json<Trade>() }, options)
    return <Shown trade={data.message} onShow={onShow} />
  })
}
