import { useSyncExternalStore } from 'react'
import type { Trade } from '../trades.ts'
import { readByFetch } from '../variants/readByFetch.ts'
import { type OnRow, runRows } from './rows.tsx'

runRows(({ url, symbols, onRow }) => {
  const store = createStore(url)
  return symbols.map((symbol) => <Row key={symbol} symbol={symbol} store={store} onRow={onRow} />)
})

interface RowProps {
  symbol: string
  store: ReturnType<typeof createStore>
  onRow: OnRow
}

function Row({ symbol, store, onRow }: RowProps) {
  const trade = useSyncExternalStore(store.subscribe, () => store.get(symbol))
  onRow(symbol, trade)
  return (
    <p>
      {symbol} {trade?.price} {trade?.id}
    </p>
  )
}

/** Creates a store of one map, in which each row looks up its own symbol once a frame. */
function createStore(url: string) {
  const listeners = new Set<() => void>()
  const kept = new Map<string, Trade>()
  let isDue = false
  const flush = (): void => {
    isDue = false
    for (const listener of listeners) listener()
  }
  void readByFetch(
    url,
    (data) => {
      const trade = JSON.parse(data) as Trade
      kept.set(trade.symbol, trade)
    },
    () => {
      if (isDue) return
      isDue = true
      requestAnimationFrame(flush)
    },
  )
  return {
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get: (symbol: string) => kept.get(symbol),
  }
}
