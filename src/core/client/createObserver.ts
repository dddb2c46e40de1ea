import type { Channels, Data } from '../channels/channel.ts'
import type { Holder } from '../channels/createStore.ts'
import type { ConnectionState } from '../connection/state.ts'
import type { EventSourceError } from '../errors.ts'
import { checkOptions, type EventSourceOptions, type OptionOf } from '../options.ts'
import type { Member, SharedConnection } from './createSharedConnection.ts'

/** What a subscriber sees of a stream: its state, and what its channels keep. */
export type EventSourceResult<Kept> = ConnectionState & {
  /** What each channel keeps. It is the same object while nothing in it has changed. */
  readonly data: Kept
  /**
   * Opens the connection at once and anew, after the last event id, whatever it is doing, for all who
   * share it. It does nothing while there is no connection.
   */
  readonly reconnect: () => void
  /** Closes the connection until `reconnect()`, for all who share it, those who join later too. */
  readonly close: () => void
}

/** Makes of the data what a subscriber needs. */
export interface Selection<Kept, Selected> {
  /** The subscriber is told when what it returns has changed. It must be pure. */
  select?: ((data: Kept) => Selected) | undefined
  /**
   * Whether what was selected is still the same; what was selected first is then kept.
   *
   * @default Object.is
   */
  isEqual?: ((a: Selected, b: Selected) => boolean) | undefined
}

/**
 * One subscriber's view of a stream, as a store. It does nothing until someone subscribes: making and
 * reading one is free of effects.
 */
export interface Observer<C extends Channels = Channels> {
  /**
   * The first listener opens the stream, or joins it. Returns what ends that. A listener that is
   * given twice counts once. It may be called when nothing has changed for this observer: the
   * snapshot is then the same object.
   */
  subscribe(listener: () => void): () => void
  /**
   * Gives it other channels and options, those of a render that was committed.
   *
   * @throws {RangeError} when an option is out of bounds
   */
  update(channels: Channels, options: EventSourceOptions): void
  /** What it sees: the same object while nothing in it has changed. */
  getSnapshot(): EventSourceResult<Data<C>>
  /** What it would see with these channels, those of a render that may never be committed. */
  getSnapshot<D extends Channels, Selected = Data<D>>(
    channels: D,
    selection?: Selection<Data<D>, Selected>,
  ): EventSourceResult<Selected>
  /** The same while there is no connection: what a server renders. */
  getServerSnapshot<D extends Channels, Selected = Data<D>>(
    channels: D,
    selection?: Selection<Data<D>, Selected>,
  ): EventSourceResult<Selected>
}

/**
 * @param peek - gives the connection if there is one; without effects
 * @param acquire - gives the connection, made if there is none; `undefined`: there shall be none
 * @param unopened - what the stream does while there is no connection
 * @param option - the options where it is given none
 */
export function createObserver<C extends Channels>(
  peek: () => SharedConnection | undefined,
  acquire: () => SharedConnection | undefined,
  unopened: ConnectionState,
  option: OptionOf,
  initialChannels: C,
  initialOptions: EventSourceOptions,
): Observer<C> {
  const listeners = new Set<() => void>()
  /** By the channels' keys. */
  const holders = new Map<string, Holder>()
  const member: Member = { options: {}, listeners }
  let channels: Channels = {}
  // The selector is one that nobody can give, so that the first look sees everything anew.
  let last: View = { all: {}, select: null }

  const actions = { reconnect: () => peek()?.reconnect(), close: () => peek()?.close() }

  update(initialChannels, initialOptions)
  return {
    subscribe,
    update,
    getSnapshot: (next?: Channels, selection?: AnySelection) => view(next, selection, peek()),
    getServerSnapshot: view,
  } as Observer<C>

  function subscribe(listener: () => void): () => void {
    if (listeners.size === 0) {
      const connection = acquire()
      // Bound before it opens, so that no event comes before its listener.
      for (const holder of holders.values()) connection?.store.bind(holder)
      connection?.attach(member)
    }
    listeners.add(listener)
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      const connection = peek()
      for (const holder of holders.values()) connection?.store.unbind(holder)
      connection?.detach(member)
    }
  }

  function update(next: Channels, options: EventSourceOptions): void {
    checkOptions((name) => options[name])
    member.options = options
    const connection = peek()
    if (listeners.size > 0) connection?.update(options)
    const before = new Map(holders)
    holders.clear()
    for (const [key, channel] of Object.entries(next)) {
      const name = channel.event ?? key
      let holder = before.get(key)
      const initial = handedOver(options, key, undefined)
      if (holder?.name === name) {
        before.delete(key)
        holder.initial = initial
        connection?.store.replace(holder, channel)
        holder.channel = channel
      } else {
        holder = { name, channel, initial }
        if (listeners.size > 0) connection?.store.bind(holder)
      }
      holders.set(key, holder)
    }
    for (const holder of before.values()) connection?.store.unbind(holder)
    channels = next
  }

  function view(
    next: Channels = channels,
    selection: AnySelection = {},
    from?: SharedConnection,
  ): unknown {
    const { select, isEqual = Object.is } = selection
    const state = from?.getState() ?? unopened
    const kept: [string, unknown][] = []
    let isSame = true
    let error = state.error
    let turn = -1
    for (const [key, channel] of Object.entries(next)) {
      const { initial, add } = channel.keep
      const keeper = from?.store.peek(channel.event ?? key, channel, holders.get(key))
      const value = keeper?.isBegun ? keeper.value : handedOver(selection, key, initial)
      if (add) {
        kept.push([key, value])
        isSame &&= key in last.all && Object.is(value, last.all[key])
      }
      // The last event that could not be read; the connection's own error comes first.
      if (!state.error && keeper?.error && keeper.turn > turn) ({ error, turn } = keeper)
    }
    isSame &&= kept.length === Object.keys(last.all).length
    const all = isSame ? last.all : Object.fromEntries(kept)
    const isSelected = all === last.all && select === last.select
    let data = isSelected ? last.data : select ? select(all) : all
    if (last.result && isEqual(last.data, data)) data = last.data
    const isSeen = state === last.state && error === last.error && Object.is(data, last.data)
    const result = isSeen ? last.result : { ...state, error, data, ...actions }
    last = { state, error, all, select, data, result }
    return result
  }

  function handedOver({ initial }: AnySelection, key: string, otherwise: unknown): unknown {
    const all = initial ?? member.options.initial ?? option('initial') ?? {}
    return Object.hasOwn(all, key) && all[key] !== undefined ? all[key] : otherwise
  }
}

type AnySelection = Selection<object, unknown> & Pick<EventSourceOptions, 'initial'>

/** What was seen last, and of what: while that is the same, so is the result. */
interface View {
  readonly all: Readonly<Record<string, unknown>>
  readonly select: unknown
  readonly data?: unknown
  readonly state?: ConnectionState
  readonly error?: EventSourceError | null
  readonly result?: unknown
}
