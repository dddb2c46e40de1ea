import { useContext, useInsertionEffect, useMemo, useSyncExternalStore } from 'react'
import {
  type Channels,
  type Data,
  type EventSourceOptions,
  type EventSourceResult,
  json,
  type Selection,
  type Url,
} from 'use-event-source/core'
import { createTracker } from './createTracker.ts'
import { ScopeContext } from './scope.ts'

/** The options of the stream, and what this component selects of its data. */
export interface UseEventSourceOptions<Kept, Selected = Kept>
  extends Omit<EventSourceOptions, 'initial'>,
    Selection<Kept, Selected> {
  /**
   * What `data` has before the first event, in place of nothing: what the server has rendered, so that
   * it is shown until the stream goes on from `lastEventId`. A channel that keeps something already,
   * for another component, goes on from that.
   */
  initial?: Partial<Kept> | undefined
}

/** What is kept where the events are given as an array of names: the latest of each. */
export type NamedData<Payloads> = { readonly [Name in keyof Payloads]: Payloads[Name] | undefined }

/**
 * Subscribes the component to the events of a stream, and to the state of its connection. It opens
 * with the first component that mounts, is shared by all that ask for the same stream in one scope,
 * and closes a linger after the last one has unmounted.
 *
 * ```tsx
 * const { data, status } = useEventSource('/api/market', { quote: json<Quote>() })
 * ```
 *
 * All arguments may be written inline. The component re-renders when what its channels keep changes,
 * at most once a frame; when the state of the connection does, if it has read any of it (`status`,
 * `error` …); and for nothing else.
 *
 * @param url - absolute, or relative to the document. A falsy one means: not now, `status: 'idle'`.
 *   A new url is a new stream, and what was kept starts afresh
 * @param events - channels by event name (or by any key, with `.from(name)`), or an array of names,
 *   which is short for `json()` on each. Left out: the state of the connection alone
 * @throws {TypeError} while rendering, when the url does not parse
 * @throws {RangeError} while rendering or committing, when an option is out of bounds
 */
// oxlint-disable-next-line typescript/ban-types -- no channels are an empty object
export function useEventSource<C extends Channels = {}, Selected = Data<C>>(
  url: Url,
  events?: C,
  options?: UseEventSourceOptions<Data<C>, Selected>,
): EventSourceResult<Selected>
export function useEventSource<Name extends string, Selected = NamedData<Record<Name, unknown>>>(
  url: Url,
  events: readonly Name[],
  options?: UseEventSourceOptions<NamedData<Record<Name, unknown>>, Selected>,
): EventSourceResult<Selected>
export function useEventSource<Payloads extends object, Selected = NamedData<Payloads>>(
  url: Url,
  events: readonly (keyof Payloads & string)[],
  options?: UseEventSourceOptions<NamedData<Payloads>, Selected>,
): EventSourceResult<Selected>
export function useEventSource(
  url: Url,
  events: Channels | readonly string[] = NONE,
  options: UseEventSourceOptions<Data<Channels>, unknown> = NONE,
): EventSourceResult<unknown> {
  const given = Array.isArray(events)
    ? Object.fromEntries((events as readonly string[]).map((name) => [name, json()] as const))
    : (events as Channels)
  const scope = useContext(ScopeContext)
  const { client } = scope
  const address = url && String(url)
  const withCredentials = options.withCredentials ?? scope.withCredentials
  const transportKey = (options.transport ?? scope.transport)?.key
  // Making an observer has no effects, so a render that is never committed leaves nothing behind.
  const [observer, track] = useMemo(
    () => [client.observe(address, given, options), createTracker()] as const,
    // Not the channels and options: the observer is given the latest after each render. The key
    // stands for the transport, so that one made inline is the same.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [client, address, withCredentials, transportKey],
  )
  const channels = observer.reuse(given)
  // Before any effect, so that handlers are those of the render that is on the screen.
  useInsertionEffect(() => observer.update(channels, options), [observer, channels, options])
  return useSyncExternalStore(
    observer.subscribe,
    () => track(observer.getSnapshot(channels, options)),
    () => track(observer.getServerSnapshot(channels, options)),
  )
}

const NONE = {}
