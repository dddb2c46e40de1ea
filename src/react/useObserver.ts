import { useMemo } from 'react'
import type { Channels, EventSourceOptions, Observer, Url } from 'use-event-source/core'
import type { Scope } from './scope.ts'

/**
 * The observer of the stream at `url` in this scope: the same until the stream is another one. Making
 * it has no effects, so a render that is never committed leaves nothing behind.
 */
export function useObserver(
  scope: Scope,
  url: Url,
  channels: Channels,
  options: EventSourceOptions,
): Observer {
  const { client } = scope
  const address = url ? String(url) : null
  const withCredentials = options.withCredentials ?? scope.withCredentials
  const transportKey = (options.transport ?? scope.transport)?.key
  return useMemo(
    () => client.observe(address, channels, options),
    // Not the channels and options: the observer is given the latest after each render. The key
    // stands for the transport, so that one made inline is the same.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [client, address, withCredentials, transportKey],
  )
}
