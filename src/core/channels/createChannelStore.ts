import { callUser, type Cancel, reportException } from '../environment.ts'
import { detach } from '../detach.ts'
import { type EventSourceError, toEventSourceError } from '../errors.ts'
import { getOrCreate } from '../getOrCreate.ts'
import type { StreamContext } from '../streamContext.ts'
import type { ServerSentEvent } from '../transport/transport.ts'
import type { Channel, Decode } from './channel.ts'

/** One observer's use of one channel. The store writes `cell`, the observer `channel`. */
export interface Subscription {
  /** The name of the event. */
  readonly name: string
  channel: Channel<unknown>
  /** Returns the value to start from; `undefined` to start from the channel's own. */
  readonly initialData: () => unknown
  /** The cell that it reads, or read last. */
  cell?: Cell
}

/** The kept value of one channel, for all its subscriptions. */
export interface Cell {
  channel: Channel<unknown>
  decoding: Decoding
  readonly subscriptions: Set<Subscription>
  /** The subscriptions in the order of calls to `handle`; `undefined` after a change. */
  callOrder?: readonly Subscription[] | undefined
  /** The state of the channel's fold, with every event so far. */
  pending: unknown
  /** The value that subscribers see. Changes in `publish` alone, so that all see the same. */
  published: unknown
  /** Whether there has been an event or initial data. */
  hasValue: boolean
  /** Why the last event could not be decoded, and the same as subscribers see it. */
  pendingError: EventSourceError | null
  error: EventSourceError | null
  /** The number of the last event that could not be decoded, to order errors of several cells. */
  errorTurn: number
  /** Without subscriptions: when the cell may be discarded, in ms since the epoch. */
  expiresAt?: number
}

/** The result of one decoder for the latest event, shared by all cells with that decoder. */
interface Decoding {
  /** The number of the event that was decoded last. */
  turn: number
  value: unknown
  error: EventSourceError | null
}

/** Decodes the events of one connection, and keeps the values of its channels. */
export interface ChannelStore {
  /** Returns a number that changes whenever a subscriber's value may have. */
  version(): number
  /** Returns the names of all events that ever had a subscription. */
  names(): readonly string[]
  /** Decodes an event, once for each decoder, and adds it to each cell. */
  dispatch(event: ServerSentEvent): void
  /** Connects a subscription to the cell of its channel, which is created if there is none. */
  add(subscription: Subscription): void
  /** Undoes `add`. A cell without subscriptions is updated for the linger, then discarded. */
  remove(subscription: Subscription): void
  /** Moves a subscription to its new channel, after the observer has replaced `previous`. */
  channelReplaced(subscription: Subscription, previous: Channel<unknown>): void
  /** Returns the cell that `subscription` would have with this channel, without effects. */
  cellOf(
    name: string,
    channel: Channel<unknown>,
    subscription: Subscription | undefined,
  ): Cell | undefined
  /** Makes pending values visible. */
  publish(): void
}

/** @param onName - called when an event name gets its first subscription */
export function createChannelStore(
  { environment, option, callback, publish: publishStream }: Omit<StreamContext, 'url'>,
  onName: (name: string) => void,
): ChannelStore {
  /** By event name, oldest first. */
  const cells = new Map<string, Cell[]>()
  const decodings = new WeakMap<Decode, Decoding>()
  /** The cells that the next publish has to update. */
  const dirty = new Set<Cell>()
  let turn = 0
  let version = 0
  let cancelPublish: Cancel | undefined

  return {
    version: () => version,
    names: () => [...cells.keys()],
    dispatch,
    add,
    remove,
    channelReplaced,
    cellOf,
    publish,
  }

  function dispatch(event: ServerSentEvent): void {
    const current = ++turn
    const group = cells.get(event.type) ?? NO_CELLS
    // A handler may make React render and subscribe. Cells that are added then miss this event.
    const { length } = group
    for (let index = 0; index < length; index++) {
      const cell = group[index] as Cell
      const { decoding } = cell
      const isFirst = decoding.turn !== current
      if (isFirst) decodeInto(decoding, cell.channel, event, current)
      const { value, error } = decoding
      if (error && isFirst) callback('onError', error)
      if (error || cell.pendingError) {
        cell.pendingError = error
        cell.errorTurn = current
        dirty.add(cell)
      }
      if (!error) addValue(cell, value, event)
      if (cell.subscriptions.size === 0 && (cell.expiresAt as number) <= environment.now())
        discard(event.type, cell)
    }
    if (dirty.size === 0 || cancelPublish) return
    const flush = option('flush')
    if (flush === 'sync') publishStream()
    else if (flush === 'frame') cancelPublish = environment.onFrame(publishStream)
    else cancelPublish = environment.setTimer(publishStream, flush)
  }

  function discard(name: string, cell: Cell): void {
    const group = cells.get(name) as Cell[]
    // A new array, because `dispatch` is iterating over the old one.
    cells.set(
      name,
      group.filter((other) => other !== cell),
    )
  }

  function addValue(cell: Cell, value: unknown, event: ServerSentEvent): void {
    const { fold } = cell.channel
    if (!fold) return callHandlers(cell, value, event)
    try {
      cell.pending = fold.step(cell.pending, value)
      cell.hasValue = true
      dirty.add(cell)
    } catch (exception) {
      reportException(exception)
    }
  }

  function publish(): void {
    cancelPublish?.()
    cancelPublish = undefined
    version++
    for (const cell of dirty) {
      const { fold } = cell.channel
      cell.published = fold?.result ? fold.result(cell.pending) : cell.pending
      cell.error = cell.pendingError
    }
    dirty.clear()
  }

  function add(subscription: Subscription): void {
    const { name, channel } = subscription
    const group = getOrCreate(cells, name, () => {
      onName(name)
      return []
    })
    let cell = find(name, channel)
    if (!cell) group.push((cell = createCell(channel, decodingOf(channel))))
    if (!cell.hasValue) {
      const initialData = subscription.initialData()
      if (initialData !== undefined) {
        cell.hasValue = true
        startFrom(cell, initialData)
      }
    }
    version++
    cell.subscriptions.add(subscription)
    cell.callOrder = undefined
    subscription.cell = cell
  }

  function remove(subscription: Subscription): void {
    const { cell } = subscription
    if (!cell?.subscriptions.delete(subscription)) return
    cell.callOrder = undefined
    if (cell.subscriptions.size > 0) return
    cell.expiresAt = environment.now() + option('linger')
  }

  function channelReplaced(subscription: Subscription, previous: Channel<unknown>): void {
    const { name, cell, channel } = subscription
    if (!cell || channel === previous) return
    const isAdded = cell.subscriptions.has(subscription)
    const isOnly = cell.subscriptions.size === Number(isAdded)
    // An inline channel is a new object in each render. If no other subscription uses the cell, the
    // cell continues with the new channel.
    if (isOnly && cellOf(name, channel, subscription) === cell) {
      cell.channel = channel
      cell.decoding = decodingOf(channel)
    } else if (isAdded) {
      remove(subscription)
      add(subscription)
    }
  }

  function cellOf(
    name: string,
    channel: Channel<unknown>,
    subscription?: Subscription,
  ): Cell | undefined {
    const own = subscription?.cell
    if (own?.channel === channel && own.subscriptions.has(subscription as Subscription)) return own
    const isAlike = own?.channel.shape === channel.shape && cells.get(name)?.includes(own)
    return find(name, channel) ?? (isAlike ? own : undefined)
  }

  function decodingOf({ decode }: Channel<unknown>): Decoding {
    return getOrCreate(decodings, decode, () => ({ turn: 0, value: undefined, error: null }))
  }

  function find(name: string, channel: Channel<unknown>): Cell | undefined {
    return cells.get(name)?.find((cell) => cell.channel === channel)
  }
}

const NO_CELLS: readonly Cell[] = []

function createCell(channel: Channel<unknown>, decoding: Decoding): Cell {
  const cell: Cell = {
    channel,
    decoding,
    subscriptions: new Set(),
    pending: undefined,
    published: undefined,
    hasValue: false,
    pendingError: null,
    error: null,
    errorTurn: 0,
  }
  startFrom(cell, channel.fold?.initial)
  return cell
}

function startFrom(cell: Cell, kept: unknown): void {
  const { fold } = cell.channel
  cell.published = kept
  cell.pending = fold?.init ? fold.init(kept) : kept
}

function decodeInto(
  decoding: Decoding,
  { decode }: Channel<unknown>,
  event: ServerSentEvent,
  turn: number,
): void {
  decoding.turn = turn
  decoding.error = null
  try {
    decoding.value = decode(event)
  } catch (thrown) {
    const details = { event: event.type, raw: detach(event.data) }
    decoding.error = Object.assign(toEventSourceError(thrown, 'decode'), details)
  }
}

function callHandlers(cell: Cell, value: unknown, event: ServerSentEvent): void {
  const order = (cell.callOrder ??= [...cell.subscriptions])
  for (const subscription of order) {
    // A handler may remove subscriptions, which are skipped, or add some, which miss this event.
    if (cell.callOrder !== order && !cell.subscriptions.has(subscription)) continue
    callUser(subscription.channel.handle, value, event)
  }
}
