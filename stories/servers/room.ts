import type { Feed, ServerEvent } from './feed.ts'

/** One connection to a demo server, whatever carries it. */
export type Client = {
  /** Answers the request: the stream is open. */
  open(): void
  /** Answers 503. */
  refuse(): void
  send(events: readonly ServerEvent[]): void
  /** Cuts the connection. */
  cut(): void
}

/**
 * - `drop`: cuts every connection, and takes the next ones as usual.
 * - `refuse`: cuts every connection and answers 503, to the next `times` attempts or until `restore`.
 * - `stall`: keeps every connection and says nothing; new ones get not even an answer.
 * - `restore`: all is well again, and who was kept waiting gets what was missed.
 */
export type Command =
  | { do: 'drop' }
  | { do: 'refuse'; times?: number }
  | { do: 'stall' }
  | { do: 'restore' }

/** What a server is doing, and how many connections it has and has had. */
export type RoomState = { mode: 'up' | 'refusing' | 'stalled'; open: number; requests: number }

/** A demo server with a clock of its own, apart from every other visitor's. */
export type Room = {
  /** A request came. It is answered here, now or later, or not at all. */
  join(client: Client, lastEventId?: string): void
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
  let refusals = 0
  let requests = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  return {
    join(client, lastEventId) {
      requests += 1
      if (mode === 'refusing') {
        refusals -= 1
        if (refusals === 0) mode = 'up'
        client.refuse()
      } else {
        clients.set(client, { next: firstTick(lastEventId), answered: false })
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
      refusals = command.do === 'refuse' ? (command.times ?? Infinity) : 0
      if (command.do === 'drop' || command.do === 'refuse') cutAll()
      pump()
      onChange()
    },
    state: () => ({ mode, open: clients.size, requests }),
  }

  function cutAll(): void {
    const cut = [...clients.keys()]
    clients.clear()
    for (const client of cut) client.cut()
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

/** Where a client is in the feed: the next tick it is due, and whether its request has been answered yet. */
type Place = { next: number | 'now'; answered: boolean }

const modes: Record<Command['do'], RoomState['mode']> = {
  drop: 'up',
  refuse: 'refusing',
  stall: 'stalled',
  restore: 'up',
}
