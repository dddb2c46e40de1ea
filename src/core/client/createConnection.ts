import type { Channels } from '../channels/channel.ts'
import type { ConnectionState } from '../connection/state.ts'
import { type Environment, platform } from '../environment.ts'
import { checkOptions, type EventSourceOptions } from '../options.ts'
import { createObserver, type Observer } from './createObserver.ts'
import { createSharedConnection } from './createSharedConnection.ts'
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
  /** A view of the stream with what these channels keep; subscribing to it opens the connection. */
  observe<C extends Channels>(channels: C, options?: EventSourceOptions): Observer<C>
  /** Opens it at once and anew, after the last event id, if anyone listens. */
  reconnect(): void
  /** Closes it until `reconnect()`. */
  close(): void
}

/**
 * Makes a connection that is not shared with any other. It opens with its first subscriber.
 *
 * @throws {TypeError} when the url does not parse
 * @throws {RangeError} when an option is out of bounds
 */
export function createConnection(
  url: string | URL,
  options: EventSourceOptions = {},
  environment: Environment = platform,
): Connection {
  checkOptions(options)
  const option = <Name extends keyof EventSourceOptions>(name: Name): EventSourceOptions[Name] =>
    options[name]
  const connection = createSharedConnection({ url: resolveUrl(url), environment, option })
  const get = (): typeof connection => connection
  const observe = <C extends Channels>(channels: C, own: EventSourceOptions = {}): Observer<C> =>
    createObserver({ peek: get, acquire: get, option, isIdle: false }, channels, own)
  return {
    url: connection.url,
    subscribe: observe({}).subscribe,
    getSnapshot: connection.getState,
    observe,
    reconnect: connection.reconnect,
    close: connection.close,
  }
}
