import type { Channels } from '../channels/channel.ts'
import { type ConnectionState, IDLE } from '../connection/state.ts'
import { type Environment, platform } from '../environment.ts'
import { checkOptions, type EventSourceOptions } from '../options.ts'
import { createObserver, type Observer } from './createObserver.ts'
import { createStreamSource } from './createSharedStream.ts'
import { resolveUrl } from './resolveUrl.ts'

/** A connection to one stream, as a store. All its subscribers and observers share it. */
export interface Connection {
  /** The absolute url of the stream. */
  readonly url: string
  /**
   * Calls `listener` when the state changes. The first listener opens the connection. When the last
   * one has unsubscribed, the connection closes after the linger. Returns the function that
   * unsubscribes.
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
   * effect without subscribers, once the linger is over.
   */
  reconnect(): void
  /** Closes the connection until `reconnect()`. */
  close(): void
}

/**
 * Creates a connection of its own, which opens with its first subscriber.
 *
 * @param environment - the clock, the timers and the frames; for tests
 * @throws {TypeError} if the url does not parse
 * @throws {RangeError} if an option is out of bounds
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
  const source = createStreamSource(new Map(), href, IDLE, { url: href, option, environment })
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
