import type { Channels, Data } from '../channels/channel.ts'
import type { Holder } from '../channels/createStore.ts'
import { CONNECTING, type ConnectionState, IDLE } from '../connection/state.ts'
import type { EventSourceError } from '../errors.ts'
import { checkOptions, type EventSourceOptions } from '../options.ts'
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
  /** Closes the connection until `reconnect()`, for all who share it. */
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
  /** The first listener opens the stream, or joins it. Returns what ends that. */
  subscribe(listener: () => void): () => void
  /** The same object while nothing in it has changed. */
  getSnapshot(): EventSourceResult<Data<C>>
  /**
   * Gives it other channels and options, from a render that was committed.
   *
   * @throws {RangeError} when an option is out of bounds
   */
  update(channels: Channels, options: EventSourceOptions): void
  /** What it would see with these channels, from a render that may never be committed. */
  read<D extends Channels, Selected = Data<D>>(
    channels: D,
    selection?: Selection<Data<D>, Selected>,
  ): EventSourceResult<Selected>
  /** The same before there is any connection: what a server renders. */
  readInitial<D extends Channels, Selected = Data<D>>(
    channels: D,
    selection?: Selection<Data<D>, Selected>,
  ): EventSourceResult<Selected>
}

export interface ObserverConfig {
  /** The connection if there is one; without effects. */
  peek(): SharedConnection | undefined
  /** The connection, made if there is none; `undefined`: there shall be none. */
  acquire(): SharedConnection | undefined
  /** Its flush where its own options give none. */
  readonly option: <Name extends 'flush'>(name: Name) => EventSourceOptions[Name]
  /** Whether there is no url, and so nothing to wait for. */
  readonly isIdle: boolean
}

export function createObserver<C extends Channels>(
  { peek, acquire, option, isIdle }: ObserverConfig,
  initialChannels: C,
  initialOptions: EventSourceOptions,
): Observer<C> {
  const listeners = new Set<() => void>()
  /** By the channels' keys. */
  const holders = new Map<string, Holder>()
  const member: Member = { options: initialOptions, notify }
  let channels: Channels = {}
  /** The connection it takes part in, or took part in last. */
  let connection: SharedConnection | undefined
  let isAttached = false
  let last: (View & { readonly result: EventSourceResult<unknown> }) | undefined

  const reconnect = (): void => {
    if (isAttached) connection?.reconnect()
  }
  const close = (): void => {
    if (isAttached) connection?.close()
  }

  update(initialChannels, initialOptions)
  return {
    subscribe,
    getSnapshot: () => read(channels) as EventSourceResult<Data<C>>,
    update,
    read,
    readInitial: (next, selection) => view(next, undefined, selection),
  }

  function subscribe(listener: () => void): () => void {
    // A function of its own, so that subscribing twice with one listener counts twice.
    const entry = (): void => listener()
    listeners.add(entry)
    if (listeners.size === 1) attach()
    return () => {
      if (listeners.delete(entry) && listeners.size === 0) detach()
    }
  }

  function attach(): void {
    connection = acquire()
    if (!connection) return
    isAttached = true
    // Bound before it opens, so that no event comes before its listener.
    for (const holder of holders.values()) connection.store.bind(holder)
    connection.attach(member)
  }

  function detach(): void {
    if (!isAttached) return
    isAttached = false
    for (const holder of holders.values()) connection?.store.unbind(holder)
    connection?.detach(member)
  }

  function notify(): void {
    for (const listener of [...listeners]) listener()
  }

  function update(next: Channels, options: EventSourceOptions): void {
    checkOptions(options)
    member.options = options
    if (isAttached) connection?.update(member)
    const flush = options.flush ?? option('flush') ?? 'frame'
    for (const [key, channel] of Object.entries(next)) {
      const name = channel.event ?? key
      const holder = holders.get(key)
      if (holder?.name === name && holder.flush === flush) {
        if (connection) connection.store.replace(holder, channel)
        else holder.channel = channel
      } else {
        if (holder) drop(key, holder)
        const added = { name, channel, flush, notify }
        holders.set(key, added)
        if (isAttached) connection?.store.bind(added)
      }
    }
    for (const [key, holder] of holders) {
      if (!Object.hasOwn(next, key)) drop(key, holder)
    }
    channels = next
  }

  function drop(key: string, holder: Holder): void {
    holders.delete(key)
    connection?.store.unbind(holder)
  }

  function read<D extends Channels, Selected = Data<D>>(
    next: D,
    selection?: Selection<Data<D>, Selected>,
  ): EventSourceResult<Selected> {
    return view(next, isAttached ? connection : peek(), selection)
  }

  function view<D extends Channels, Selected>(
    next: D,
    from: SharedConnection | undefined,
    { select, isEqual = Object.is }: Selection<Data<D>, Selected> = {},
  ): EventSourceResult<Selected> {
    const state = from?.getState() ?? (isIdle ? IDLE : CONNECTING)
    const { values, error } = collect(next, from)
    const kept = last && isSame(values, last.values) ? last.kept : Object.fromEntries(values)
    let data: unknown = kept
    if (select) {
      const isRead = last && last.kept === kept && last.select === select
      data = isRead ? last?.data : select(kept as Data<D>)
      if (last?.select && isEqual(last.data as Selected, data as Selected)) data = last.data
    }
    const seen = { state, error: state.error ?? error, values, kept, select, data } as View
    const isUnchanged = last && last.state === state && last.error === seen.error && last.data === data
    const result = isUnchanged ? last?.result : { ...state, error: seen.error, data, reconnect, close }
    last = { ...seen, result: result as EventSourceResult<unknown> }
    return result as EventSourceResult<Selected>
  }

  /** What the channels keep, and the last event that one of them could not read. */
  function collect(next: Channels, from: SharedConnection | undefined) {
    const values: [string, unknown][] = []
    let error: EventSourceError | null = null
    let turn = -1
    for (const [key, channel] of Object.entries(next)) {
      const { initial, add } = channel.keep
      const keeper = from?.store.peek(channel.event ?? key, channel, holders.get(key))
      if (add) values.push([key, keeper ? keeper.value : initial])
      if (keeper?.error && keeper.turn > turn) ({ error, turn } = keeper)
    }
    return { values, error }
  }
}

/** What was seen last: as long as it is the same, so is the result. */
interface View {
  readonly state: ConnectionState
  readonly error: EventSourceError | null
  readonly values: readonly (readonly [string, unknown])[]
  readonly kept: object
  readonly select: unknown
  readonly data: unknown
}

function isSame(a: View['values'], b: View['values']): boolean {
  return (
    a.length === b.length &&
    a.every(([key, value], index) => key === b[index]?.[0] && Object.is(value, b[index]?.[1]))
  )
}
