import { useContext, useInsertionEffect, useMemo, useSyncExternalStore } from 'react'
import {
  type Channels,
  checkUse,
  type Data,
  type EventSourceOptions,
  type EventSourceResult,
  json,
  type Selection,
  type Url,
} from 'use-event-source/core'
import { SSEContext } from './SSEContext.ts'

/** The options of the stream, and the component's selection of its data. */
export interface UseEventSourceOptions<Kept, Selected = Kept>
  extends Omit<EventSourceOptions, 'initialData'>,
    Selection<Kept, Selected> {
  /**
   * The values in `data` before the first event: for example those that the server rendered, shown
   * until the stream continues from `lastEventId`. A channel that already has a value, because another
   * component uses it, keeps that value.
   */
  initialData?: Partial<Kept> | undefined
}

/** `data` for an array of names: the latest value of each event. */
export type NamedData<Payloads> = { readonly [Name in keyof Payloads]: Payloads[Name] | undefined }

/**
 * Subscribes the component to events of a stream, and to the state of its connection. The connection
 * opens when the first component mounts, is shared by all components below the same provider that use
 * the same stream, and closes shortly after the last one has unmounted: see `linger`.
 *
 * ```tsx
 * const { data, status } = useEventSource('/api/market', { quote: json<Quote>() })
 * ```
 *
 * All arguments may be written inline. The component re-renders when the kept value of one of its
 * channels changes, at most once a frame. A change of the connection's state re-renders the component
 * only if the component has read the state, by a field such as `status` or `error`.
 *
 * @param url - absolute, or relative to the document. With a falsy url there is no stream, and the
 *   status is `'idle'`. A new url is a new stream, which starts without kept values
 * @param events - channels by event name (or by any key, with `.from(name)`), or an array of names,
 *   which is short for `json()` on each. Default: none, for the state of the connection alone
 * @throws {TypeError} while rendering, if the url does not parse
 * @throws {TypeError} while rendering, in development, if an argument is not what it should be
 * @throws {RangeError} while rendering, in development, if an option is out of bounds
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
  checkUse('events', events)
  checkUse('options', options, ['select', 'isEqual'])
  const given = Array.isArray(events)
    ? Object.fromEntries((events as readonly string[]).map((name) => [name, json()] as const))
    : (events as Channels)
  const context = useContext(SSEContext)
  const { client } = context
  const identity = {
    withCredentials: options.withCredentials ?? context.withCredentials,
    transport: options.transport ?? context.transport,
  }
  const key = client.key(url, identity)
  // Creating an observer has no effects, so a render that is never committed leaves nothing behind.
  const [observer, trackReads] = useMemo(
    () => [client.observe(url, given, { ...options, ...identity }), createReadTracker()] as const,
    // The key stands for the url and the two options, which serve the first `observe` alone. The
    // observer receives channels and options after each commit.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [client, key],
  )
  const channels = observer.reuse(given)
  // Insertion effects run before all other effects, so handlers are those of the committed render.
  useInsertionEffect(() => observer.update(channels, options), [observer, channels, options])
  return useSyncExternalStore(
    observer.subscribe,
    () => trackReads(observer.getSnapshot(channels, options)),
    () => trackReads(observer.getServerSnapshot(channels, options)),
  )
}

const NONE = {}

/**
 * Returns a function that wraps a result in a proxy, which notes whether the component reads the state.
 * Until then, the function returns the same proxy while `data` is the same, so a change of the state
 * does not re-render the component.
 */
function createReadTracker(): (result: EventSourceResult<unknown>) => EventSourceResult<unknown> {
  let hasReadState = false
  let latest: EventSourceResult<unknown> | undefined
  let proxy: EventSourceResult<unknown>
  /** The object behind the proxy. */
  let fields: EventSourceResult<unknown>
  const handler: ProxyHandler<EventSourceResult<unknown>> = {
    get(target, field: keyof EventSourceResult<unknown>) {
      if (!hasReadState && field !== 'data' && typeof target[field] !== 'function') {
        hasReadState = true
        // The first read returns the state as it is now, which may have changed without a render.
        Object.assign(fields, latest)
      }
      return target[field]
    },
  }
  return (result) => {
    const isSameToReader =
      result === latest || (!hasReadState && latest && Object.is(result.data, latest.data))
    latest = result
    if (!isSameToReader) proxy = new Proxy((fields = { ...result }), handler)
    return proxy
  }
}
