import type { Channel, Channels, Data } from '../channels/channel.ts'
import type { Subscription } from '../channels/createChannelStore.ts'
import type { ConnectionState } from '../connection/state.ts'
import { checkUse } from '../misuse/checkUse.ts'
import type { EventSourceOptions } from '../options.ts'
import type { SharedStream, StreamSource } from './createSharedStream.ts'

/** The state of a connection, the kept values, and the actions `reconnect` and `close`. */
export type EventSourceResult<Kept> = ConnectionState & {
  /** The kept value of each channel. The same object until one of them changes. */
  readonly data: Kept
  /**
   * Opens the connection at once, whatever its state, and resumes after the last event id. Affects all
   * components that share the connection. Has no effect before there is a connection.
   */
  readonly reconnect: () => void
  /**
   * Closes the connection until `reconnect()`. Affects all components that share the connection,
   * including those that mount later.
   */
  readonly close: () => void
}

/** Derives a component's `data` from the kept values. */
export interface Selection<Kept, Selected> {
  /** Returns what the component needs. It re-renders only when the result changes. Must be pure. */
  select?: ((data: Kept) => Selected) | undefined
  /**
   * Whether two values of `data` are the same, with `select` or without. If so, `data` stays the
   * earlier one, and the component does not re-render.
   *
   * @default Object.is
   */
  isEqual?: ((a: Selected, b: Selected) => boolean) | undefined
}

/** A selection, and the `initialData` of the render that it belongs to. */
export type ObserverSelection<Kept, Selected> = Selection<Kept, Selected> &
  Pick<EventSourceOptions, 'initialData'>

/**
 * One subscriber's view of a stream, as a store with `subscribe` and `getSnapshot`. Creating and reading
 * it has no effects.
 */
export interface Observer<C extends Channels = Channels> {
  /**
   * Opens the stream with the first listener, or joins it if it is open. Returns the function that
   * unsubscribes. Adding a listener twice has no effect. A listener may be called when nothing has
   * changed for this observer: the snapshot is then the same object.
   */
  subscribe(listener: () => void): () => void
  /**
   * Replaces the channels and the options. Call it when a render is committed.
   *
   * @throws {TypeError} in development, if an option or a channel is not what it should be
   * @throws {RangeError} in development, if an option is out of bounds
   */
  update(channels: Channels, options: EventSourceOptions): void
  /**
   * Returns the observer's own map if it has the same channels under the same keys, or `channels`.
   *
   * @throws {TypeError} in development, if a channel is not what it should be
   */
  reuse(channels: Channels): Channels
  /** Returns the result: the same object until something in it changes. */
  getSnapshot(): EventSourceResult<Data<C>>
  /** Returns the result for the channels of a render that may never be committed. */
  getSnapshot<D extends Channels, Selected = Data<D>>(
    channels: D,
    selection?: ObserverSelection<Data<D>, Selected>,
  ): EventSourceResult<Selected>
  /** Returns the result that a server renders, where there is no connection. */
  getServerSnapshot<D extends Channels, Selected = Data<D>>(
    channels: D,
    selection?: ObserverSelection<Data<D>, Selected>,
  ): EventSourceResult<Selected>
}

export function createObserver<C extends Channels>(
  source: StreamSource,
  initialChannels: C,
  initialOptions: EventSourceOptions,
): Observer<C> {
  const listeners = new Set<() => void>()
  /** By the keys of the channels. */
  const subscriptions = new Map<string, Subscription>()
  const self = { options: {} as EventSourceOptions, subscriptions, listeners }
  let channels: Channels = {}
  /** The stream that the observer is attached to. */
  let stream: SharedStream | undefined
  const selectResult = createResultSelector(source, subscriptions, initialDataOf)

  update(initialChannels, initialOptions)
  return {
    subscribe,
    update,
    reuse,
    getSnapshot: (next = channels, selection?: AnySelection) =>
      selectResult(next, selection, stream ?? source.current()),
    getServerSnapshot: selectResult,
  } as Observer<C>

  function subscribe(listener: () => void): () => void {
    if (listeners.size === 0) {
      stream = source.acquire()
      stream?.attach(self)
    }
    listeners.add(listener)
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      stream?.detach(self)
      stream = undefined
    }
  }

  function update(next: Channels, options: EventSourceOptions): void {
    checkUse('channels', next)
    if (options !== self.options) {
      checkUse('options', options, ['select', 'isEqual'])
      self.options = options
      stream?.optionsChanged()
    }
    if (next === channels) return
    channels = next
    subscriptions.forEach(removeIfGone)
    Object.keys(next).forEach(setChannel)
  }

  /** Removes the subscription of a key that no longer exists or belongs to another event. */
  function removeIfGone(subscription: Subscription, key: string): void {
    const channel = ownValue(channels, key)
    if (channel && (channel.event ?? key) === subscription.name) return
    stream?.remove(subscription)
    subscriptions.delete(key)
  }

  function setChannel(key: string): void {
    const channel = channels[key] as Channel<unknown>
    const subscription = subscriptions.get(key)
    if (!subscription) {
      const name = channel.event ?? key
      const added = { name, channel, initialData: () => initialDataOf(key) }
      subscriptions.set(key, added)
      stream?.add(added)
    } else if (subscription.channel !== channel) {
      const previous = subscription.channel
      subscription.channel = channel
      ;(stream ?? source.current())?.replaceChannel(subscription, previous)
    }
  }

  function reuse(next: Channels): Channels {
    checkUse('channels', next)
    const keys = Object.keys(next)
    const isSame =
      keys.length === subscriptions.size &&
      keys.every((key) => subscriptions.get(key)?.channel === next[key])
    return isSame ? channels : next
  }

  /** @param given - the `initialData` of a render; default: of the last committed render */
  function initialDataOf(key: string, given = self.options.initialData): unknown {
    return ownValue(given ?? source.option('initialData') ?? {}, key)
  }
}

type AnySelection = ObserverSelection<object, unknown>
type KeptValues = Readonly<Record<string, unknown>>

/**
 * Returns a function that computes the result of a stream for some channels and a selection. The
 * result is the same object until something in it changes.
 */
function createResultSelector(
  source: StreamSource,
  subscriptions: ReadonlyMap<string, Subscription>,
  initialDataOf: (key: string, given: AnySelection['initialData']) => unknown,
) {
  const reconnect = (): void => source.current()?.reconnect()
  const close = (): void => source.current()?.close()
  // The inputs and outputs of the last call.
  let lastChannels: Channels | undefined
  let lastSelection: AnySelection | undefined
  let lastStream: SharedStream | undefined
  let lastVersion: number | undefined
  let lastState: ConnectionState | undefined
  let lastKept: KeptValues = {}
  let lastSelect: AnySelection['select']
  let result: EventSourceResult<unknown> | undefined

  return (
    channels: Channels,
    selection: AnySelection = NO_SELECTION,
    stream?: SharedStream,
  ): EventSourceResult<unknown> | undefined => {
    const { select, isEqual = Object.is } = selection
    const state = stream?.getState() ?? source.initialState
    const version = stream?.version()
    const isSameCall =
      channels === lastChannels && selection === lastSelection && stream === lastStream
    if (isSameCall && version === lastVersion) return result
    const isGone = (key: string): boolean => !ownValue(channels, key)?.fold
    let kept = channels !== lastChannels && Object.keys(lastKept).some(isGone) ? {} : lastKept
    let error = state.error
    let newest = -1
    for (const key of Object.keys(channels)) {
      const channel = channels[key] as Channel<unknown>
      const cell = stream?.cellOf(channel.event ?? key, channel, subscriptions.get(key))
      if (channel.fold) {
        let value = cell?.hasValue ? cell.published : initialDataOf(key, selection.initialData)
        if (!cell?.hasValue && value === undefined) value = channel.fold.initial
        // A spread, because assigning to the key "__proto__" would set the prototype.
        if (!(key in kept) || !Object.is(value, kept[key])) kept = { ...kept, [key]: value }
      }
      // The connection's own error comes first, then the latest event that could not be decoded.
      if (!state.error && cell?.publishedError && cell.errorNumber > newest) {
        error = cell.publishedError
        newest = cell.errorNumber
      }
    }
    const isSelected = result && kept === lastKept && select === lastSelect
    let data = isSelected ? result?.data : select ? select(kept) : kept
    if (result && isEqual(result.data, data)) ({ data } = result)
    const isSameResult =
      state === lastState && error === result?.error && Object.is(data, result?.data)
    if (!isSameResult) {
      result = { ...state, error, data, reconnect, close } as EventSourceResult<unknown>
    }
    lastChannels = channels
    lastSelection = selection
    lastStream = stream
    lastVersion = version
    lastState = state
    lastKept = kept
    lastSelect = select
    return result
  }
}

const NO_SELECTION: AnySelection = {}

/** Ignores inherited values: a key may be "constructor". */
function ownValue<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
