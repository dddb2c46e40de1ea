import type { Channels } from '../channels/channel.ts'
import { type ConnectionState, IDLE } from '../connection/state.ts'
import { type Environment, platform } from '../environment.ts'
import { checkOptions, type EventSourceOptions } from '../options.ts'
import { createObserver, type Observer } from './createObserver.ts'
import { createSharedConnection, type SharedConnection } from './createSharedConnection.ts'
import { resolveUrl } from './resolveUrl.ts'

/** A connection to one stream, shared by all who subscribe to it, as a store. */
export interface Connection {
  /** The absolute url of the stream. */
  readonly url: string
  /**
   * Calls `listener` whenever the state changes. The first listener opens the connection; it closes
   * after the linger when the last one is gone. Returns what ends it.
   */
  subscribe(listener: () => void): () => void
  /** The state; the same object until it changes. */
  getSnapshot(): ConnectionState
  /**
   * A view of the stream with what these channels keep. Subscribing to it opens the connection; until
   * someone does, its status is `'idle'`.
   */
  observe<C extends Channels>(channels: C, options?: EventSourceOptions): Observer<C>
  /** Opens it at once and anew, after the last event id, unless nobody has listened for the linger. */
  reconnect(): void
  /** Closes it until `reconnect()`. */
  close(): void
}

/**
 * Makes a connection that is not shared with any other. It opens with its first subscriber.
 *
 * @param environment - the clock, the timers and the frames; for tests
 * @throws {TypeError} when the url does not parse
 * @throws {RangeError} when an option is out of bounds
 */
export function createConnection(
  url: string | URL,
  options: EventSourceOptions = {},
  environment: Environment = platform,
): Connection {
  const option = <Name extends keyof EventSourceOptions>(name: Name): EventSourceOptions[Name] =>
    options[name]
  checkOptions(option)
  const href = resolveUrl(url)
  let shared: SharedConnection | undefined
  const create = (): SharedConnection =>
    createSharedConnection(href, option, environment, () => {
      shared = undefined
    })
  const observe = <C extends Channels>(channels: C, own: EventSourceOptions = {}): Observer<C> =>
    createObserver(
      () => shared,
      () => (shared ??= create()),
      IDLE,
      option,
      channels,
      own,
    )
  return {
    url: href,
    subscribe,
    getSnapshot,
    observe,
    reconnect: () => shared?.reconnect(),
    close: () => shared?.close(),
  }

  function subscribe(listener: () => void): () => void {
    let before = getSnapshot()
    return observe({}).subscribe(() => {
      if (before === (before = getSnapshot())) return
      listener()
    })
  }

  function getSnapshot(): ConnectionState {
    return shared?.getState() ?? IDLE
  }
}
