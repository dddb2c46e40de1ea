import { json, useEventSource } from 'use-event-source'
import { ConnectionPanel } from './components/ConnectionPanel.tsx'
import { useRenderMark } from './components/useRenderMark.ts'

type Quote = { symbol: string; price: number; change: number }

// A module constant, so that all rows share one channel and its map.
const quotes = json<Quote>()
  .from('quote')
  .latestBy((quote) => quote.symbol)

export function Ticker({ url, symbols }: { url: string; symbols: readonly string[] }) {
  const { data: _, ...connection } = useEventSource(url)

  return (
    <>
      <ul className="ticker" aria-label="Quotes" tabIndex={0}>
        {symbols.map((symbol) => (
          <Row key={symbol} url={url} symbol={symbol} />
        ))}
      </ul>
      <ConnectionPanel {...connection} />
    </>
  )
}

// 200 rows share one connection, and each renders only when its own quote changes.
function Row({ url, symbol }: { url: string; symbol: string }) {
  const { data: quote } = useEventSource(
    url,
    { quotes },
    { select: ({ quotes }) => quotes.get(symbol) },
  )
  const mark = useRenderMark<HTMLLIElement>()

  return (
    <li ref={mark} data-change={Math.sign(quote?.change ?? 0)}>
      <strong>{symbol}</strong>
      <span>{quote?.price.toFixed(2) ?? '–'}</span>
      <small>{quote && percent.format(quote.change / 100)}</small>
    </li>
  )
}

const percent = new Intl.NumberFormat('en', {
  style: 'percent',
  signDisplay: 'always',
  minimumFractionDigits: 2,
})
