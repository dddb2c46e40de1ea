import type { ServerSentEvent } from 'use-event-source/core'

/**
 * Events that came one after the other, in a form that costs little to receive: not an object for each,
 * and where all of them are JSON, one text to parse.
 */
export interface PackedEvents {
  /** The data of all, as the elements of a JSON array: `[data,data]`. */
  readonly text: string
  /** Where in the text each of them ends. */
  readonly ends: Uint32Array
  /** Whether that is a JSON array indeed, the elements of which are the events' data. */
  readonly isJson: boolean
  readonly types: OneOrEach
  readonly ids: OneOrEach
  readonly origins: OneOrEach
}

/** What all have, or what each has: a list, or its lines as one text, of which mostly none is asked for. */
type OneOrEach = string | readonly string[]

export function pack(events: readonly ServerSentEvent[]): PackedEvents {
  let end = 0
  return {
    text: `[${events.map(({ data }) => data).join(',')}]`,
    ends: Uint32Array.from(events, ({ data }) => (end += data.length + 1)),
    // One by one: "1,2" is no JSON, and neither are "[1" and "2]".
    isJson: events.every(isJson),
    types: oneOrEach(events.map(({ type }) => type)),
    ids: oneOrEach(events.map(({ lastEventId }) => lastEventId)),
    origins: oneOrEach(events.map(({ origin }) => origin)),
  }
}

export function unpack(packed: PackedEvents): ServerSentEvent[] {
  const batch: Batch = { ...packed, values: undefined }
  const events: ServerSentEvent[] = []
  const { length } = packed.ends
  // `Array.from` takes several times as long.
  for (let index = 0; index < length; index++) events.push(new PackedEvent(batch, index))
  return events
}

/** What the events of a message have in common; what is not asked for is left as it came. */
interface Batch {
  readonly text: string
  readonly ends: Uint32Array
  readonly isJson: boolean
  /** All data, parsed. */
  values: readonly unknown[] | undefined
  types: OneOrEach
  ids: OneOrEach
  origins: OneOrEach
}

class PackedEvent implements ServerSentEvent {
  private readonly batch: Batch
  private readonly index: number

  constructor(batch: Batch, index: number) {
    this.batch = batch
    this.index = index
  }

  get type(): string {
    return at(this.batch, 'types', this.index)
  }

  get lastEventId(): string {
    return at(this.batch, 'ids', this.index)
  }

  get origin(): string {
    return at(this.batch, 'origins', this.index)
  }

  get data(): string {
    const { text, ends } = this.batch
    const start = this.index === 0 ? 1 : (ends[this.index - 1] as number) + 1
    return text.slice(start, ends[this.index])
  }

  get parsed(): unknown {
    const { batch, index } = this
    if (!batch.isJson) return undefined
    batch.values ??= JSON.parse(batch.text) as unknown[]
    return batch.values[index]
  }
}

function isJson({ data }: ServerSentEvent): boolean {
  try {
    JSON.parse(data)
    return true
  } catch {
    return false
  }
}

function oneOrEach(values: readonly string[]): OneOrEach {
  const [first = ''] = values
  // [spec] 9.2.6: no field of an event has a line break in it. An id that the page was given may.
  if (values.some((value) => value.includes('\n'))) return values
  return values.every((value) => value === first) ? first : values.join('\n')
}

function at(batch: Batch, name: 'types' | 'ids' | 'origins', index: number): string {
  let values = batch[name]
  if (typeof values === 'string') {
    if (!values.includes('\n')) return values
    batch[name] = values = values.split('\n')
  }
  return values[index] as string
}
