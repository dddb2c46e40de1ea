import type { Channels } from '../channels/channel.ts'
import { type ConnectionState, IDLE } from '../connection/state.ts'
import { type Environment, platform } from '../environment.ts'
import { checkUse } from '../misuse/checkUse.ts'
import type { EventSourceOptions } from '../options.ts'
import { createObserver, type Observer } from './createObserver.ts'
import { createStreamSource } from './createSharedStream.ts'
import { withDefaults } from './defaults.ts'
import { resolveUrl } from './resolveUrl.ts'

/** A connection to one stream, as a store with `subscribe` and `getSnapshot`. */
export interface Connection {
  /** The absolute url; without a document to resolve it against, the url as given. */
  readonly url: string
  /**
   * Calls `listener` when the state changes. The first listener opens the connection. The connection
   * closes `linger` ms after the last one has unsubscribed. Returns the function that unsubscribes.
   */
  subscribe(listener: () => void): () => void
  /** Returns the state: the same object until it changes. */
  getSnapshot(): ConnectionState
  /**
   * Returns an observer of the stream with these channels. Its first subscriber opens the connection;
   * before that, its status is `'idle'`.
   */
  observe<C extends Channels>(channels: C, options?: EventSourceOptions): Observer<C>
  /**
   * Opens the connection at once, whatever its state, and resumes after the last event id. Has no
   * effect before the first subscriber, and `linger` ms after the last.
   */
  reconnect(): void
  /** Closes the connection until `reconnect()`. */
  close(): void
}

/**
 * Creates a connection that is shared with no client. It opens with its first subscriber.
 *
 * @param environment - the platform: clock, timers, frames, network state; for tests
 * @throws {TypeError} if the url does not parse
 * @throws {TypeError} in development, if an option is not what it should be
 * @throws {RangeError} in development, if an option is out of bounds
 */
export function createConnection(
  url: string | URL,
  options: EventSourceOptions = {},
  environment: Environment = platform,
): Connection {
  checkUse('url', url, true)
  checkUse('options', options)
  const href = resolveUrl(url)
  const source = createStreamSource(new Map(), href, IDLE, {
    url: href,
    option: withDefaults(options),
    environment,
  })
  const observe: Connection['observe'] = (channels, own = {}) =>
    createObserver(source, channels, own)
  return {
    url: href,
    subscribe,
    getSnapshot,
    observe,
    reconnect: () => source.current()?.reconnect(),
    close: () => source.current()?.close(),
  }

  function subscribe(listener: () => void): () => void {
    let before = getSnapshot()
    return observe({}).subscribe(() => {
      if (before === (before = getSnapshot())) return
      listener()
    })
  }

  function getSnapshot(): ConnectionState {
    return source.current()?.getState() ?? IDLE
  }
}
