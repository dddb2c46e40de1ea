import type { Case } from './case.ts'
import { characters } from './cases/characters.ts'
import { dispatching } from './cases/dispatching.ts'
import { fields } from './cases/fields.ts'
import { ids } from './cases/ids.ts'
import { lines } from './cases/lines.ts'
import { retry } from './cases/retry.ts'

/** The rules of the HTML standard for reading a stream, by subject. */
export const cases: Record<string, readonly Case[]> = {
  'the lines of a stream': lines,
  'the fields of an event': fields,
  'dispatching an event': dispatching,
  'the last event id': ids,
  'the characters of a stream': characters,
  'the time to reconnect': retry,
}

/** The event names of all cases except the long ones. */
export const names: ReadonlySet<string> = new Set([
  'message',
  ...Object.values(cases)
    .flat()
    .filter(({ isLong }) => !isLong)
    .flatMap(namesOf),
])

/** Returns the event names of a case. */
export function namesOf({ events }: Case): string[] {
  return events.map(({ type = 'message' }) => type)
}
