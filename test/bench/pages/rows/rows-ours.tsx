import { json, useEventSource } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import type { Trade } from '../trades.ts'
import { type OnRow, runRows } from './rows.tsx'

const bySymbol = json<Trade>().latestBy((trade) => trade.symbol)
const transport = fetchTransport()

runRows(({ url, symbols, onRow }) =>
  symbols.map((symbol) => <Row key={symbol} url={url} symbol={symbol} onRow={onRow} />),
)

interface RowProps {
  url: string
  symbol: string
  onRow: OnRow
}

function Row({ url, symbol, onRow }: RowProps) {
  const { data: trade, status } = useEventSource(
    url,
    { message: bySymbol },
    { transport, select: (data) => data.message.get(symbol) },
  )
  onRow(symbol, trade, status)
  return (
    <p>
      {symbol} {trade?.price} {trade?.id}
    </p>
  )
}
