import type { Feed, ServerEvent } from './feed.ts'
import { random } from './random.ts'

/** A price of one symbol; `change` is in percent since the market opened. */
type Quote = { symbol: string; price: number; change: number }

/** The 200 symbols of the demo market. */
export const symbols: readonly string[] = Array.from({ length: 200 }, (_, i) => symbolOf(i))

/** 50 quotes a second, one symbol each; a new client first receives a quote of all 200. */
export const ticker: Feed = {
  every: 20,
  firstId: 1,
  tick: (n) => [quoteEvent(n, Math.floor(random(n) * symbols.length))],
  snapshot: (n) => symbols.map((_, i) => quoteEvent(n, i)),
}

function quoteEvent(n: number, i: number): ServerEvent {
  return { event: 'quote', id: String(n + 1), data: JSON.stringify(quoteOf(n, i)) }
}

// A smooth curve with a little noise, so that prices never jump.
function quoteOf(n: number, i: number): Quote {
  const open = 8 + random(i) * 392
  const wave = Math.sin(n / (900 + 60 * (i % 17)) + i) + 0.4 * Math.sin(n / 130 + 3 * i)
  const change = 2.4 * wave + 0.5 * (random(n + 1_009 * i) - 0.5)
  return {
    symbol: symbols[i] ?? '',
    price: Number((open * (1 + change / 100)).toFixed(2)),
    change: Number(change.toFixed(2)),
  }
}

// 20 syllables × 10 letters: 200 different symbols that can be pronounced.
function symbolOf(i: number): string {
  const heads = 'BA CE DI FO GU HA JE KI LO MU NA PE RI SO TU VA WE XI YO ZU'.split(' ')
  return `${heads[i % 20]}${'LMNRSTVXKP'[Math.floor(i / 20)]}`
}
