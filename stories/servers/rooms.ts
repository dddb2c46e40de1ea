import { assistant } from './assistant.ts'
import { counter } from './counter.ts'
import type { Feed } from './feed.ts'
import { greeting } from './greeting.ts'
import { notifications } from './notifications.ts'
import { createRoom, type Room } from './room.ts'
import { shop } from './shop.ts'
import { ticker } from './ticker.ts'

/** The feeds by the name in their url. */
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
 * Returns the url of a demo server. Each `room` is a separate server, so that the buttons of one
 * demo do not affect another. `every` is the time between two ticks, and `retry` the delay before a
 * client reconnects, both in milliseconds.
 */
export function roomUrl(feed: FeedName, room: string, options: RoomOptions = {}): string {
  const query = new URLSearchParams({ room })
  for (const [name, value] of Object.entries(options)) query.set(name, String(value))
  return `${MOUNT}/${feed}?${query}`
}

type RoomOptions = { every?: number; retry?: number }

/**
 * Creates a registry of rooms by url, each created on first use. `onChange` reports their changes.
 */
export function createRooms(onChange: (key: string, room: Room) => void) {
  const rooms = new Map<string, Room>()

  return {
    /** Returns the room of a url made by `roomUrl`, or `undefined` when there is no such feed. */
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

  // Bounds the number of rooms: the oldest one without clients is removed.
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

/** Returns the key of a room: the parts of its url that all of its requests have in common. */
export function roomKey(url: URL): string {
  return `${url.pathname} ${url.searchParams.get('room')} ${url.searchParams.get('every')}`
}

/** Returns the delay before a client reconnects, in ms. */
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
