import type { Feed, ServerEvent } from './feed.ts'

/** One connection to a demo server, whatever carries it. */
export type Client = {
  /** Answers the request: the stream is open. */
  open(): void
  /** Answers with this status, and with the text of `refusals`. */
  refuse(status: Refusal): void
  send(events: readonly ServerEvent[]): void
  /** Ends the answer, as a server does that has said all. */
  end(): void
  /** Cuts the connection. */
  cut(): void
}

/** What a request brings along. */
export type Visit = {
  lastEventId?: string | undefined
  authorization?: string | undefined
  body?: string | undefined
}

/** What is said with a status that refuses. */
export const refusals = { 401: 'That token has expired', 503: 'Out for lunch' } as const
export type Refusal = keyof typeof refusals

/**
 * - `drop`: cuts every connection, and takes the next ones as usual.
 * - `end`: ends every answer properly, and takes the next requests as usual.
 * - `expire`: cuts every connection, and answers 401 until another token than the next one comes.
 * - `refuse`: cuts every connection and answers 503, to the next `times` attempts or until `restore`.
 * - `stall`: keeps every connection and says nothing; new ones get not even an answer.
 * - `restore`: all is well again, and who was kept waiting gets what was missed.
 */
export type Command =
  | { do: 'drop' }
  | { do: 'end' }
  | { do: 'expire' }
  | { do: 'refuse'; times?: number }
  | { do: 'stall' }
  | { do: 'restore' }

/** What a server is doing, and how many connections it has and has had. */
export type RoomState = {
  mode: 'up' | 'expired' | 'refusing' | 'stalled'
  open: number
  requests: number
}

/** A demo server with a clock of its own, apart from every other visitor's. */
export type Room = {
  /** A request came. It is answered here, now or later, or not at all. */
  join(client: Client, visit: Visit): void
  /** The connection is gone. Nothing is sent to it any more. */
  leave(client: Client): void
  act(command: Command): void
  state(): RoomState
}

// Who was away for longer than this starts afresh.
const REPLAY = 200

/** A server that says what `feed` says, a tick every `every` ms; `onChange` hears of every change in `state()`. */
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

  /** Sends what is due, and comes back at the next tick for as long as anyone listens. */
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
    // An id that this server has not given yet is another server's: it means nothing here.
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
 * Where a client is: the next tick it is due, or what is left of an answer of its own, and whether its
 * request has been answered yet.
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
