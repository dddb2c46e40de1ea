import type { Channels } from '../channels/channel.ts'
import { CONNECTING, IDLE } from '../connection/state.ts'
import { type Environment, platform } from '../environment.ts'
import { checkUse } from '../misuse/checkUse.ts'
import type { EventSourceOptions, OptionOf, ResolvedOptionOf } from '../options.ts'
import { createObserver, type Observer } from './createObserver.ts'
import { createStreamSource, type SharedStream } from './createSharedStream.ts'
import { withDefaults } from './defaults.ts'
import { resolveUrl, type Url } from './resolveUrl.ts'

/** The options that change the request: together with the url, they identify a stream. */
export type StreamIdentity = Pick<EventSourceOptions, 'withCredentials' | 'transport'>

/** A set of connections, in which observers of the same stream share one. */
export interface Client {
  /**
   * Returns an observer of the stream at `url`. The stream opens with its first subscriber. Observers
   * share a connection if their absolute urls, `withCredentials` and the keys of their transports are
   * equal. Before the first subscriber, the status is `'connecting'`, because subscribing connects. With
   * a falsy url there is no stream, and the status is `'idle'`.
   *
   * @throws {TypeError} if the url does not parse
   * @throws {TypeError} in development, if an option or a channel is not what it should be
   * @throws {RangeError} in development, if an option is out of bounds
   */
  observe<C extends Channels>(
    url: Url,
    channels?: C | undefined,
    options?: EventSourceOptions,
  ): Observer<C>
  /**
   * Returns a key made of the url, `withCredentials` and the key of the transport. When it changes,
   * observe again. The url is not resolved, so different keys may still lead to the same stream.
   */
  key(url: Url, identity?: StreamIdentity): string
  /** Returns the client's current default of an option: its own, or the built-in one. */
  readonly option: ResolvedOptionOf
}

export interface ClientConfig {
  /**
   * Defaults for the options of observers: an object, or a function from an option's name to its value,
   * which is called each time the option is needed.
   */
  defaults?: EventSourceOptions | OptionOf | undefined
}

/**
 * Creates a client. Clients share no connections with each other.
 *
 * @param environment - the platform: clock, timers, frames, network state; for tests
 * @throws {TypeError} in development, if `config` or one of its defaults is not what it should be
 * @throws {RangeError} in development, if a default is out of bounds
 */
export function createClient(config?: ClientConfig, environment: Environment = platform): Client {
  const defaults = config?.defaults ?? {}
  // Skipped without a config: the check reads `process`, and importing a module that creates a client
  // must touch no global.
  if (config) checkUse('clientConfig', config)
  const option = withDefaults(defaults)
  const streams = new Map<string, SharedStream>()
  const key: Client['key'] = (url, identity = {}) => {
    const resolve = <Name extends keyof StreamIdentity>(name: Name) =>
      identity[name] ?? option(name)
    return `${url || ''} ${resolve('withCredentials')} ${resolve('transport').key}`
  }
  return {
    option,
    key,
    observe(url, channels = {} as never, options = {}) {
      checkUse('url', url)
      checkUse('options', defaults)
      checkUse('options', options, ['select', 'isEqual'])
      const href = url ? resolveUrl(url) : undefined
      return createObserver(
        createStreamSource(streams, key(href, options), url ? CONNECTING : IDLE, {
          url: href,
          option,
          environment,
        }),
        channels,
        options,
      )
    },
  }
}
