import type { Numbered, ServerEvent } from './script.ts'

/** Returns an event in the stream format, including its empty line. */
export function writeEvent(event: ServerEvent): string {
  return `${writeHead(event)}${writeData(event.data)}\n`
}

/** Returns the beginning of that text: up to the id line, or to the middle of the data. */
export function writePart(event: ServerEvent, upTo: 'id' | 'data'): string {
  const head = writeHead(event)
  if (upTo === 'id') return head
  const half = event.data.slice(0, Math.ceil(event.data.length / 2))
  // Removes the line end.
  return head + writeData(half).slice(0, -1)
}

/** Yields the text of each numbered event, for a request with this last event id. */
export function* writeNumbered(
  { event, from = 1, overlap = 0, to }: Numbered,
  lastEventId: string | null,
): Generator<string, void, undefined> {
  const first = from === 'resume' ? Number(lastEventId ?? 0) + 1 : from
  for (let number = Math.max(1, first - overlap); number <= to; number++) {
    const text = String(number)
    yield writeEvent({ id: text, data: text, ...(event === undefined ? {} : { event }) })
  }
}

function writeHead({ event, id }: ServerEvent): string {
  return (event === undefined ? '' : `event: ${event}\n`) + (id === undefined ? '' : `id: ${id}\n`)
}

function writeData(data: string): string {
  const lines = data.split('\n').map((line) => `data: ${line}\n`)
  return lines.join('')
}
