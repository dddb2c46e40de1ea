import { json } from 'use-event-source/core'
import { numbers } from '../../browser/support/numbers.ts'
import type { ServerEvent } from '../../support/server/script.ts'

/** Events called `n`: the data of each is its number, and so is its id. */
export function numbered(from: number, to: number): ServerEvent[] {
  return numbers(from, to).map((n) => ({ event: 'n', id: `${n}`, data: `${n}` }))
}

/** All of them. */
export const channels = { n: json<number>().last(10_000) }
