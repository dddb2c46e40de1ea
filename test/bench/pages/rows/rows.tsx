import type { ReactNode } from 'react'
import { runPage } from '../runPage.ts'
import type { Trade } from '../trades.ts'

/** Called with the values of a row each time it renders. */
export type OnRow = (symbol: string, trade: Trade | undefined, status?: string) => void

interface RowsProps {
  readonly url: string
  readonly symbols: readonly string[]
  readonly onRow: OnRow
}

/**
 * Runs a page of many rows, each of which shows the latest trade of its own symbol. A render with
 * neither a new trade nor a new connection status is unnecessary.
 */
export function runRows(render: (props: RowsProps) => ReactNode): void {
  const shown = new Map<string, { trade: Trade | undefined; status: string | undefined }>()
  const counts = { renders: 0, changed: 0 }
  runPage(
    ({ url, components, finish }) =>
      render({
        url,
        symbols: Array.from({ length: components }, (_, index) => `S${index}`),
        onRow(symbol, trade, status) {
          const before = shown.get(symbol)
          counts.renders++
          if (!before || before.trade !== trade || before.status !== status) counts.changed++
          shown.set(symbol, { trade, status })
          if (trade) finish(trade)
        },
      }),
    { counts, last: ({ events, components }, index) => events - components + index },
  )
}
