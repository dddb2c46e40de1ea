import { assistant } from './assistant.ts'
import { counter } from './counter.ts'
import type { Feed } from './feed.ts'
import { greeting } from './greeting.ts'
import { notifications } from './notifications.ts'
import { createRoom, type Room } from './room.ts'
import { shop } from './shop.ts'
import { ticker } from './ticker.ts'

/** Every demo server by the name in its url. */
const feeds: Readonly<Record<FeedName, Feed>> = {
  assistant,
  counter,
  greeting,
  notifications,
  shop,
  ticker,
}

export type FeedName = 'assistant' | 'counter' | 'greeting' | 'notifications' | 'shop' | 'ticker'

/** The path under which the demo servers are mounted. */
export const MOUNT = '/sse'

/**
 * The url of a demo server. Each `room` is a server of its own, so that a button pressed in one
 * demo does nothing to another; `every` are the milliseconds between two ticks, and `retry` is how long the
 * server asks a client to wait before it comes back.
 */
export function roomUrl(feed: FeedName, room: string, options: RoomOptions = {}): string {
  const query = new URLSearchParams({ room })
  for (const [name, value] of Object.entries(options)) query.set(name, String(value))
  return `${MOUNT}/${feed}?${query}`
}

type RoomOptions = { every?: number; retry?: number }

/** The rooms by url, each made when it is first asked for; `onChange` hears of every change in one. */
export function createRooms(onChange: (key: string, room: Room) => void) {
  const rooms = new Map<string, Room>()

  return {
    /** The room that a url of `roomUrl` stands for, or `undefined` when there is no such server. */
    at(url: URL): Room | undefined {
      const name = url.pathname.slice(MOUNT.length + 1)
      if (!url.pathname.startsWith(`${MOUNT}/`) || !isFeed(name)) return undefined
      const key = roomKey(url)
      let room = rooms.get(key)
      if (!room) {
        forgetOne()
        const made = createRoom(feeds[name], duration(url, 'every', feeds[name].every), () =>
          onChange(key, made),
        )
        room = made
        rooms.set(key, room)
      }
      return room
    },
  }

  // Visitors come and go; the oldest room that nobody is in makes place for the next.
  function forgetOne(): void {
    if (rooms.size < 200) return
    for (const [key, room] of rooms) {
      if (room.state().open === 0) {
        rooms.delete(key)
        return
      }
    }
  }
}

/** What tells a room from all others: its url without what only one request says. */
export function roomKey(url: URL): string {
  return `${url.pathname} ${url.searchParams.get('room')} ${url.searchParams.get('every')}`
}

/** How long a client should wait before it comes back, in ms. */
export function retryDelay(url: URL): number {
  return duration(url, 'retry', 1_000)
}

function isFeed(name: string): name is FeedName {
  return Object.hasOwn(feeds, name)
}

function duration(url: URL, name: string, fallback: number): number {
  const value = Number(url.searchParams.get(name) ?? fallback)
  return Number.isFinite(value) ? Math.min(Math.max(value, 5), 60_000) : fallback
}
