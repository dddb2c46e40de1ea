/** One event as a server writes it. Without `event` it is an unnamed one, which arrives as `message`. */
export type ServerEvent = { data: string; event?: string; id?: string }

/**
 * What a demo server says, as a function of the tick's number: asked twice for the same tick it
 * says the same, so a client that comes back can be given exactly what it missed. The Express
 * server and the fake one of the static build both read from here.
 */
export type Feed = {
  /** Milliseconds between two ticks, unless the url says `?every=`. */
  every: number
  /** The events of tick `n` (0, 1, 2 …), which is sent at the time `at`. */
  tick(n: number, at: Date): readonly ServerEvent[]
  /** What a client that is new gets at tick `n`. Default: the events of that tick. */
  snapshot?(n: number, at: Date): readonly ServerEvent[]
  /** The id of tick 0; tick `n` has `firstId + n`. Left out, the events have no ids and nothing can be resumed. */
  firstId?: number
  /**
   * Makes a stream of its own for each request, in place of the ticks: what it says to the request's
   * body, an event a tick. Then it ends.
   */
  answer?(body: string): readonly ServerEvent[]
}

/** An event in the `text/event-stream` format. */
export function formatEvent({ data, event, id }: ServerEvent): string {
  const lines = data.split('\n').map((line) => `data: ${line}`)
  if (id !== undefined) lines.unshift(`id: ${id}`)
  if (event !== undefined) lines.unshift(`event: ${event}`)
  return `${lines.join('\n')}\n\n`
}
