import type { Channels } from '../channels/channel.ts'
import { CONNECTING, IDLE } from '../connection/state.ts'
import { type Environment, platform } from '../environment.ts'
import { getOrCreate } from '../getOrCreate.ts'
import { checkOptions, type EventSourceOptions, type OptionOf } from '../options.ts'
import { createObserver, type Observer } from './createObserver.ts'
import { createSharedConnection, type SharedConnection } from './createSharedConnection.ts'
import { DEFAULTS } from './defaults.ts'
import { resolveUrl, type Url } from './resolveUrl.ts'

/** A scope: who observes equal streams through one client shares their connections. */
export interface Client {
  /**
   * A view of the stream at `url`, which opens when someone subscribes to it. Streams are equal when
   * their absolute urls, `withCredentials` and the keys of their transports are. With a falsy url there
   * is no stream, and its status is `'idle'`; otherwise, before the first subscriber, it says
   * `'connecting'`, which is what subscribing does.
   *
   * @throws {TypeError} when the url does not parse
   * @throws {RangeError} when an option is out of bounds
   */
  observe<C extends Channels>(
    url: Url,
    channels?: C | undefined,
    options?: EventSourceOptions,
  ): Observer<C>
  /** The default of an option, as it is now. */
  readonly option: OptionOf
}

/**
 * Makes a scope of its own.
 *
 * @param option - says the default of an option; it is asked each time one is needed:
 *   `createClient((name) => defaults[name])`
 * @param environment - the clock, the timers and the frames; for tests
 */
export function createClient(
  option: OptionOf = () => undefined,
  environment: Environment = platform,
): Client {
  const connections = new Map<string, SharedConnection>()
  return {
    option,
    observe(url, channels = {} as never, options = {}) {
      checkOptions(option)
      const href = url ? resolveUrl(url) : ''
      const resolve = <Name extends 'withCredentials' | 'transport'>(name: Name) =>
        options[name] ?? option(name) ?? DEFAULTS[name]
      const key = `${href} ${resolve('withCredentials')} ${resolve('transport').key}`
      const create = (): SharedConnection =>
        createSharedConnection(href, option, environment, () => connections.delete(key))
      return createObserver(
        () => connections.get(key),
        () => (href ? getOrCreate(connections, key, create) : undefined),
        href ? CONNECTING : IDLE,
        option,
        channels,
        options,
      )
    },
  }
}
