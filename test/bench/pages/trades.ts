import type { Trade } from '../contract.ts'

export type { Trade } from '../contract.ts'

/** How many trades a component keeps. */
export const KEPT = 50

/** Returns the text that a component shows for the trades that it keeps. */
export function describe(trades: readonly Trade[] | undefined): string {
  return trades ? `${trades.length} ${trades.at(-1)?.id ?? ''}` : ''
}
