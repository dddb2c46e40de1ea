import type { Feed, ServerEvent } from './feed.ts'
import { pick, random } from './random.ts'

/** One order in the demo shop; `total` is in euros. */
type Order = { id: number; item: string; total: number }

const items = ['Desk lamp', 'Notebook', 'Headphones', 'Tea pot', 'Backpack', 'Keyboard'] as const

/**
 * The number of visitors each second, and an order in two of three seconds. A new client receives
 * future orders, but not the last one again.
 */
export const shop: Feed = {
  every: 1_000,
  firstId: 1,
  tick: (n) => (n % 3 === 1 ? [visitorsEvent(n)] : [orderEvent(n), visitorsEvent(n)]),
  snapshot: (n) => [visitorsEvent(n)],
}

function visitorsEvent(n: number): ServerEvent {
  const visitors = Math.round(140 + 60 * Math.sin(n / 20) + 25 * random(n))
  return { event: 'visitors', id: String(n + 1), data: String(visitors) }
}

function orderEvent(n: number): ServerEvent {
  const order: Order = {
    id: 5_000 + n,
    item: pick(items, n),
    total: Math.round(900 + 11_000 * random(n + 77)) / 100,
  }
  return { event: 'order', data: JSON.stringify(order) }
}
