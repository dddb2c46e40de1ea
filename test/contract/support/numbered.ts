import { json } from 'use-event-source/core'
import { numbers } from '../../browser/support/numbers.ts'
import type { ServerEvent } from '../../support/server/script.ts'

/** Returns events named `n`. The data and the id of each are its number. */
export function numbered(from: number, to: number): ServerEvent[] {
  return numbers(from, to).map((n) => ({ event: 'n', id: `${n}`, data: `${n}` }))
}

/** A channel that keeps all of these events. */
export const channels = { n: json<number>().last(10_000) }
