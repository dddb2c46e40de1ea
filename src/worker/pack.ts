import type { ServerSentEvent } from 'use-event-source/core'

/**
 * Consecutive events in a form that is cheap to receive: columns in place of an object for each event,
 * and, where all events are JSON, one text to parse.
 */
export interface PackedEvents {
  /** The data of all events, as the elements of a JSON array: `[data,data]`. */
  readonly text: string
  /** The position in `text` at which each event's data ends. */
  readonly ends: Uint32Array
  /** Whether `text` is valid JSON whose elements are the events' data. */
  readonly isJson: boolean
  readonly types: Column
  readonly ids: Column
  readonly origins: Column
  /** `'1'` for each event with an id of its own, and `''` for each without. */
  readonly hasIds: Column
}

/**
 * The values of one field: the value that all events share, or one line for each event, or a list where
 * a value contains a line break. Most fields are never read, so lines are split at the first read only.
 */
type Column = string | readonly string[]

export function pack(events: readonly ServerSentEvent[]): PackedEvents {
  let end = 0
  return {
    text: `[${events.map(({ data }) => data).join(',')}]`,
    ends: Uint32Array.from(events, ({ data }) => (end += data.length + 1)),
    // Checked one by one. `1,2` is not JSON, and neither are `[1` and `2]`, but joined they are.
    isJson: events.every(isJson),
    types: packColumn(events.map(({ type }) => type)),
    ids: packColumn(events.map(({ lastEventId }) => lastEventId)),
    origins: packColumn(events.map(({ origin }) => origin)),
    hasIds: packColumn(events.map(({ hasId }) => (hasId ? '1' : ''))),
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

/** The shared data of unpacked events. Columns and JSON stay packed until the first read. */
interface Batch {
  readonly text: string
  readonly ends: Uint32Array
  readonly isJson: boolean
  /** The parsed data of all events, after the first read. */
  values: readonly unknown[] | undefined
  types: Column
  ids: Column
  origins: Column
  hasIds: Column
}

class PackedEvent implements ServerSentEvent {
  private readonly batch: Batch
  private readonly index: number

  constructor(batch: Batch, index: number) {
    this.batch = batch
    this.index = index
  }

  get type(): string {
    return readColumn(this.batch, 'types', this.index)
  }

  get lastEventId(): string {
    return readColumn(this.batch, 'ids', this.index)
  }

  get origin(): string {
    return readColumn(this.batch, 'origins', this.index)
  }

  get hasId(): boolean {
    return !!readColumn(this.batch, 'hasIds', this.index)
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

function packColumn(values: readonly string[]): Column {
  const [first = ''] = values
  // [spec] 9.2.6: no field of an event contains a line break. The `lastEventId` option may.
  if (values.some((value) => value.includes('\n'))) return values
  return values.every((value) => value === first) ? first : values.join('\n')
}

function readColumn(
  batch: Batch,
  name: 'types' | 'ids' | 'origins' | 'hasIds',
  index: number,
): string {
  let values = batch[name]
  if (typeof values === 'string') {
    if (!values.includes('\n')) return values
    batch[name] = values = values.split('\n')
  }
  return values[index] as string
}
