/** One event as a server writes it. Without `event` it is unnamed and arrives as `message`. */
export type ServerEvent = {
  data: string
  event?: string
  id?: string
  /** Whether the empty line is missing that ends an event. Only for the last event of a stream. */
  incomplete?: true
}

/**
 * The events of a demo server, as a function of the tick's number: the same tick always has the
 * same events, so a client that reconnects can receive exactly those that it missed. The Express
 * server and the fake one of the static build share these definitions.
 */
export type Feed = {
  /** Milliseconds between two ticks, unless the url has `?every=`. */
  every: number
  /** Returns the events of tick `n` (0, 1, 2 …), which is sent at the time `at`. */
  tick(n: number, at: Date): readonly ServerEvent[]
  /**
   * Returns the first events of a client that is new at tick `n`. Default: the events of that tick.
   */
  snapshot?(n: number, at: Date): readonly ServerEvent[]
  /** The id of tick 0; tick `n` has `firstId + n`. Without it, clients cannot resume. */
  firstId?: number
  /**
   * Returns the events that answer a request's body, sent one a tick in place of the ticks' own
   * events. Then the stream ends.
   */
  answer?(body: string): readonly ServerEvent[]
}

/** An event in the `text/event-stream` format. */
export function formatEvent({ data, event, id, incomplete }: ServerEvent): string {
  const lines = data.split('\n').map((line) => `data: ${line}`)
  if (id !== undefined) lines.unshift(`id: ${id}`)
  if (event !== undefined) lines.unshift(`event: ${event}`)
  return `${lines.join('\n')}\n${incomplete ? '' : '\n'}`
}
