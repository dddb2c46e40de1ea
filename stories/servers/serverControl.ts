import type { Command, RoomState } from './room.ts'
import { createRooms, MOUNT, roomKey } from './rooms.ts'

/** Whether the page has real servers: in development and tests, but not in the static build. */
export const isLive: boolean = import.meta.env.DEV

/**
 * The event by which Vite's websocket delivers the state of the live servers, without a request.
 */
const STATE_EVENT = 'demo-server:state'

const watchers = new Set<(key: string, state: RoomState) => void>()

/** The servers of the static build, which run in the page. */
export const rooms = createRooms((key, room) => announce(key, room.state()))

/** Breaks or restores the demo server at `url`. Resolves to its state afterwards. */
export async function control(url: string, command: Command): Promise<RoomState> {
  const at = absolute(url)
  if (!isLive) {
    rooms.at(at)?.act(command)
    return serverState(url)
  }
  at.pathname += `/${command.do}`
  if (command.do === 'refuse' && command.times) at.searchParams.set('times', String(command.times))
  return roomState(await fetch(at, { method: 'POST' }))
}

/** Asks the demo server at `url` for its state. */
export async function serverState(url: string): Promise<RoomState> {
  const at = absolute(url)
  if (!isLive) return rooms.at(at)?.state() ?? nothing
  at.pathname += '/state'
  return roomState(await fetch(at))
}

/** Calls `listener` at each change of the server at `url`. Returns a function that stops it. */
export function watchServer(url: string, listener: (state: RoomState) => void): () => void {
  const key = roomKey(absolute(url))
  const watcher = (changed: string, state: RoomState): void => {
    if (changed === key) listener(state)
  }
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** The state of a server before its first request. */
export const nothing: RoomState = { mode: 'up', open: 0, requests: 0 }

import.meta.hot?.on(STATE_EVENT, ({ key, state }: { key: string; state: RoomState }) =>
  announce(key, state),
)

function announce(key: string, state: RoomState): void {
  for (const watcher of watchers) watcher(key, state)
}

function absolute(url: string): URL {
  const at = new URL(url, location.href)
  if (!at.pathname.startsWith(`${MOUNT}/`)) throw new Error(`${url} is not a demo server url`)
  return at
}

async function roomState(response: Response): Promise<RoomState> {
  if (!response.ok) throw new Error(`The demo server answered ${response.status}`)
  return response.json()
}
