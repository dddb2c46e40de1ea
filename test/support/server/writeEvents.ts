import type { Numbered, ServerEvent } from './script.ts'

/** An event in the text of the standard, ended by its empty line. */
export function writeEvent({ event, id, data }: ServerEvent): string {
  const lines = data.split('\n').map((line) => `data: ${line}\n`)
  if (id !== undefined) lines.unshift(`id: ${id}\n`)
  if (event !== undefined) lines.unshift(`event: ${event}\n`)
  return `${lines.join('')}\n`
}

/** The texts of numbered events, for a request that carries `lastEventId`. */
export function* writeNumbered(
  { event, from = 1, to }: Numbered,
  lastEventId: string | null,
): Generator<string, void, undefined> {
  const first = from === 'resume' ? Number(lastEventId ?? 0) + 1 : from
  for (let number = first; number <= to; number++) {
    const text = String(number)
    yield writeEvent({ id: text, data: text, ...(event === undefined ? {} : { event }) })
  }
}
