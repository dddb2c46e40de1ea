import type { Channels } from '../channels/channel.ts'
import { CONNECTING, IDLE } from '../connection/state.ts'
import { type Environment, platform } from '../environment.ts'
import { checkOptions, type EventSourceOptions, type OptionOf } from '../options.ts'
import { createObserver, type Observer } from './createObserver.ts'
import { createStreamSource, type SharedStream } from './createSharedStream.ts'
import { DEFAULTS } from './defaults.ts'
import { resolveUrl, type Url } from './resolveUrl.ts'

/** The options that change the request, and so identify a stream together with its url. */
export type StreamIdentity = Pick<EventSourceOptions, 'withCredentials' | 'transport'>

/** A set of connections: observers of equal streams in one client share a connection. */
export interface Client {
  /**
   * Returns an observer of the stream at `url`, which opens when someone subscribes to it. Streams with
   * equal keys are equal: see {@link Client.key}. Before the first subscriber, the status is
   * `'connecting'`, because subscribing connects. With a falsy url there is no stream, and the status
   * is `'idle'`.
   *
   * @throws {TypeError} if the url does not parse
   * @throws {RangeError} if an option is out of bounds
   */
  observe<C extends Channels>(
    url: Url,
    channels?: C | undefined,
    options?: EventSourceOptions,
  ): Observer<C>
  /**
   * Returns the key of a stream, made of its url, `withCredentials` and the key of its transport. Two
   * urls that resolve to the same absolute url have different keys if they are written differently.
   */
  key(url: Url, identity?: StreamIdentity): string
  /** Returns the current default of an option. */
  readonly option: OptionOf
}

export interface ClientConfig {
  /**
   * The options of every observer that does not give them itself: an object, or a function of an
   * option's name that is called each time the option is needed.
   */
  defaults?: EventSourceOptions | OptionOf | undefined
}

/**
 * Creates a client: a set of connections that shares none with other clients.
 *
 * @param environment - the clock, the timers and the frames; for tests
 */
export function createClient(
  { defaults = {} }: ClientConfig = {},
  environment: Environment = platform,
): Client {
  const option: OptionOf = typeof defaults === 'function' ? defaults : (name) => defaults[name]
  const streams = new Map<string, SharedStream>()
  const key: Client['key'] = (url, identity = {}) => {
    const resolve = <Name extends keyof StreamIdentity>(name: Name) =>
      identity[name] ?? option(name) ?? DEFAULTS[name]
    return `${url || ''} ${resolve('withCredentials')} ${resolve('transport').key}`
  }
  return {
    option,
    key,
    observe(url, channels = {} as never, options = {}) {
      checkOptions(option)
      const href = url ? resolveUrl(url) : undefined
      const config = { url: href, option, environment }
      const unopened = url ? CONNECTING : IDLE
      const source = createStreamSource(streams, key(href, options), unopened, config)
      return createObserver(source, channels, options)
    },
  }
}
