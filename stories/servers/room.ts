import type { Feed, ServerEvent } from './feed.ts'

/** One request to a demo server, over HTTP or in the page. */
export type Client = {
  /** Answers the request and opens the stream. */
  open(): void
  /** Answers with this status and its text from `refusals`. */
  refuse(status: Refusal): void
  send(events: readonly ServerEvent[]): void
  /** Ends the response normally. */
  end(): void
  /** Cuts the connection. */
  cut(): void
}

/** The parts of a request that a demo server reads. */
export type Visit = {
  lastEventId?: string | undefined
  authorization?: string | undefined
  body?: string | undefined
}

/** The body of a refusal, by status. */
export const refusals = { 401: 'That token has expired', 503: 'Out for lunch' } as const
export type Refusal = keyof typeof refusals

/**
 * - `drop`: cuts every connection and accepts the next requests as usual.
 * - `end`: ends every response normally and accepts the next requests as usual.
 * - `expire`: cuts every connection and answers 401 to the token of the next request, until a request
 *   has another token.
 * - `refuse`: cuts every connection and answers 503, to the next `times` requests or until `restore`.
 * - `stall`: keeps every connection without sending events, and leaves new requests unanswered.
 * - `restore`: works as usual again, and sends stalled clients the events that they missed.
 */
export type Command =
  | { do: 'drop' }
  | { do: 'end' }
  | { do: 'expire' }
  | { do: 'refuse'; times?: number }
  | { do: 'stall' }
  | { do: 'restore' }

/** The mode of a server, its open connections and the number of requests so far. */
export type RoomState = {
  mode: 'up' | 'expired' | 'refusing' | 'stalled'
  open: number
  requests: number
}

/** A demo server with its own clock, separate from the servers of other visitors. */
export type Room = {
  /** Adds a request. The response may be immediate, late or missing. */
  join(client: Client, visit: Visit): void
  /** Removes a client whose connection is gone. */
  leave(client: Client): void
  act(command: Command): void
  state(): RoomState
}

// The most ticks that are replayed. A client that missed more starts like a new one.
const REPLAY = 200

/**
 * Creates a server that sends a tick of `feed` every `every` ms. `onChange` is called on each new
 * state.
 */
export function createRoom(feed: Feed, every: number, onChange: () => void): Room {
  const startedAt = Date.now()
  const clients = new Map<Client, Place>()
  let mode: RoomState['mode'] = 'up'
  let refusalsLeft = 0
  let expiredToken: string | undefined
  let requests = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  return {
    join(client, visit) {
      requests += 1
      const refusal = refusalOf(visit)
      if (refusal) client.refuse(refusal)
      else {
        const answer = feed.answer && [...feed.answer(visit.body ?? '')]
        clients.set(client, { next: firstTick(visit.lastEventId), answer, answered: false })
        pump()
      }
      onChange()
    },
    leave(client) {
      if (!clients.delete(client)) return
      if (clients.size === 0) clearTimeout(timer)
      onChange()
    },
    act(command) {
      mode = modes[command.do]
      refusalsLeft = command.do === 'refuse' ? (command.times ?? Infinity) : 0
      expiredToken = undefined
      if (command.do === 'end') loseAll((client) => client.end())
      else if (command.do !== 'stall' && command.do !== 'restore') loseAll((client) => client.cut())
      pump()
      onChange()
    },
    state: () => ({ mode, open: clients.size, requests }),
  }

  function refusalOf({ authorization = '' }: Visit): Refusal | undefined {
    if (mode === 'refusing') {
      refusalsLeft -= 1
      if (refusalsLeft === 0) mode = 'up'
      return 503
    }
    if (mode !== 'expired') return undefined
    expiredToken ??= authorization
    if (authorization === expiredToken) return 401
    mode = 'up'
    return undefined
  }

  function loseAll(lose: (client: Client) => void): void {
    const lost = [...clients.keys()]
    clients.clear()
    for (const client of lost) lose(client)
  }

  /** Sends the events that are due, and schedules the next tick while there are clients. */
  function pump(): void {
    clearTimeout(timer)
    if (clients.size === 0) return
    if (mode !== 'stalled') for (const [client, place] of clients) serve(client, place)
    timer = setTimeout(pump, startedAt + (currentTick() + 1) * every - Date.now())
  }

  function serve(client: Client, place: Place): void {
    const current = currentTick()
    if (!place.answered) client.open()
    place.answered = true
    if (place.answer) return goOn(client, place.answer)
    const events: ServerEvent[] = []
    let next = place.next
    if (next === 'now' || current - next > REPLAY) {
      events.push(...(feed.snapshot ?? feed.tick)(current, timeOf(current)))
      next = current + 1
    }
    for (; next <= current; next += 1) events.push(...feed.tick(next, timeOf(next)))
    place.next = next
    if (events.length > 0) client.send(events)
  }

  function goOn(client: Client, answer: ServerEvent[]): void {
    client.send(answer.splice(0, 1))
    if (answer.length > 0) return
    clients.delete(client)
    client.end()
    onChange()
  }

  function firstTick(lastEventId: string | undefined): Place['next'] {
    if (feed.firstId === undefined || !lastEventId || !/^\d+$/.test(lastEventId)) return 'now'
    // An id that this server has not sent yet comes from another server and is ignored.
    const next = Number(lastEventId) - feed.firstId + 1
    return next >= 0 && next <= currentTick() + 1 ? next : 'now'
  }

  function currentTick(): number {
    return Math.floor((Date.now() - startedAt) / every)
  }

  function timeOf(tick: number): Date {
    return new Date(startedAt + tick * every)
  }
}

/**
 * The position of a client: its next tick, or the rest of its own answer, and whether its request
 * has been answered yet.
 */
type Place = { next: number | 'now'; answer: ServerEvent[] | undefined; answered: boolean }

const modes: Record<Command['do'], RoomState['mode']> = {
  drop: 'up',
  end: 'up',
  expire: 'expired',
  refuse: 'refusing',
  stall: 'stalled',
  restore: 'up',
}
