import { getOrCreate } from '../../../src/core/getOrCreate.ts'
import type { StreamShape, Trade } from '../contract.ts'

const PIECE = 16 * 1024

const bodies = new Map<string, readonly Buffer[]>()

/**
 * Returns the stream of a flood in pieces of 16 KiB. They are cached, so later readers cost
 * nothing.
 */
export function floodPieces(shape: StreamShape): readonly Buffer[] {
  const { events, size, eol, symbols } = shape
  return getOrCreate(bodies, `${events} ${size} ${eol} ${symbols}`, () => makePieces(shape))
}

/** Returns the trade with this id. Everything but its time depends only on the id. */
export function tradeOf(id: number, { symbols }: StreamShape, at = 1_700_000_000_000 + id): Trade {
  return { id, symbol: `S${id % symbols}`, price: 100 + (id % 997) / 10, size: id % 50, at }
}

/** Formats a trade as an unnamed event, padded to at least `size` bytes. */
export function eventText(trade: Trade, { size, eol }: StreamShape): string {
  const end = eol === 'crlf' ? '\r\n' : '\n'
  const plain = writeEvent(JSON.stringify(trade), trade.id, end)
  const missing = size - plain.length - ',"note":""'.length
  if (missing <= 0) return plain
  return writeEvent(JSON.stringify({ ...trade, note: 'x'.repeat(missing) }), trade.id, end)
}

function makePieces(shape: StreamShape): readonly Buffer[] {
  const { events } = shape
  const lines = Array.from({ length: events }, (_, id) => eventText(tradeOf(id, shape), shape))
  const all = Buffer.from(lines.join(''))
  const pieces: Buffer[] = []
  for (let at = 0; at < all.length; at += PIECE) pieces.push(all.subarray(at, at + PIECE))
  return pieces
}

function writeEvent(data: string, id: number, end: string): string {
  return `id: ${id}${end}data: ${data}${end}${end}`
}
