import type { Channels } from '../channels/channel.ts'
import { type Environment, platform } from '../environment.ts'
import { getOrCreate } from '../getOrCreate.ts'
import type { EventSourceOptions, OptionOf } from '../options.ts'
import { createObserver, type Observer } from './createObserver.ts'
import {
  createSharedConnection,
  DEFAULT_TRANSPORT,
  type SharedConnection,
} from './createSharedConnection.ts'
import { resolveUrl, type Url } from './resolveUrl.ts'

/** A scope: who observes equal streams through one client shares their connections. */
export interface Client {
  /**
   * A view of the stream at `url`, which opens when someone subscribes to it. Streams are equal when
   * their absolute urls, `withCredentials` and the keys of their transports are. With a falsy url there
   * is no stream, and its status is `'idle'`.
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
 * @param option - says the defaults of the options; it is asked each time one is needed
 */
export function createClient(
  option: OptionOf = () => undefined,
  environment: Environment = platform,
): Client {
  const connections = new Map<string, SharedConnection>()
  return {
    option,
    observe(url, channels, options = {}) {
      const href = url ? resolveUrl(url) : ''
      const withCredentials = options.withCredentials ?? option('withCredentials') ?? false
      const transport = options.transport ?? option('transport') ?? DEFAULT_TRANSPORT
      const key = JSON.stringify([href, withCredentials, transport.key])
      const create = (): SharedConnection =>
        createSharedConnection({
          url: href,
          environment,
          option,
          onIdle: () => connections.delete(key),
        })
      const config = {
        peek: () => connections.get(key),
        acquire: () => (href ? getOrCreate(connections, key, create) : undefined),
        option,
        isIdle: !href,
      }
      return createObserver(config, channels ?? ({} as NonNullable<typeof channels>), options)
    },
  }
}
