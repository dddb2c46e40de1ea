import { callUser, type Cancel, reportException } from '../environment.ts'
import { detach } from '../detach.ts'
import { EventSourceError, toEventSourceError } from '../errors.ts'
import { getOrCreate } from '../getOrCreate.ts'
import type { StreamContext } from '../streamContext.ts'
import type { ServerSentEvent } from '../transport/transport.ts'
import { type Channel, type Decode, NO_VALUE } from './channel.ts'

/** One observer's use of one channel. The store sets `cell`, the observer sets `channel`. */
export interface Subscription {
  /** The name of the event. */
  readonly name: string
  channel: Channel<unknown>
  /** Returns the value to start from; `undefined` for the channel's initial value. */
  readonly initialData: () => unknown
  /** The current cell. Stays when the subscription is removed, so that its observer can return. */
  cell?: Cell
}

/** The kept value of one channel on one connection, read by all its subscriptions. */
export interface Cell {
  channel: Channel<unknown>
  decoded: DecodeResult
  readonly subscriptions: Set<Subscription>
  /** The state of the channel's fold, with every event so far. */
  pending: unknown
  /** The value that subscribers see. Events change it in `publish` alone, so all see the same. */
  published: unknown
  /** Whether a value was added or initial data was given. */
  hasValue: boolean
  /** Whether `pending` has a value that is not published. */
  isChanged: boolean
  /** Why the last event could not be decoded; `null` if it could. */
  pendingError: EventSourceError | null
  /** The error that subscribers see. */
  publishedError: EventSourceError | null
  /** The number of the event that last set or cleared the error: the newest error comes first. */
  errorNumber: number
  /** When a cell without subscriptions may be discarded, in ms since the epoch. */
  expiresAt?: number
}

/** The result of one decoder for the latest event, shared by all cells with that decoder. */
interface DecodeResult {
  /** The number of the event that was decoded. */
  eventNumber: number
  value: unknown
  error: EventSourceError | null
}

/** Decodes the events of one connection, and keeps the values of its channels. */
export interface ChannelStore {
  /** Returns a number that changes whenever a subscriber's value may have changed. */
  version(): number
  /** Returns the names of all events that ever had a subscription. */
  names(): readonly string[]
  /** Discards all kept values: each cell has its initial value again, or its initial data. */
  reset(): void
  /** Decodes an event, once for each decoder, and adds it to each cell. */
  dispatch(event: ServerSentEvent): void
  /** Connects a subscription to the cell of its channel, which is created if there is none. */
  add(subscription: Subscription): void
  /**
   * Undoes `add`. A cell without subscriptions is kept up to date for the linger. After that it is
   * discarded, at the next event or subscription of its name.
   */
  remove(subscription: Subscription): void
  /** Moves a subscription to the cell of its new channel. The observer has replaced `previous`. */
  replaceChannel(subscription: Subscription, previous: Channel<unknown>): void
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
  { environment, option, callUsers, publish: publishStream }: Omit<StreamContext, 'url'>,
  onName: (name: string) => void,
): ChannelStore {
  /** By event name, oldest first. */
  const cells = new Map<string, Cell[]>()
  const decodeResults = new WeakMap<Decode, DecodeResult>()
  /** The cells that the next publish has to update. */
  const dirty = new Set<Cell>()
  let eventNumber = 0
  let version = 0
  let cancelPublish: Cancel | undefined

  return {
    version: () => version,
    names: () => [...cells.keys()],
    reset() {
      for (const group of cells.values()) group.forEach(start)
    },
    dispatch,
    add,
    remove,
    replaceChannel,
    cellOf,
    publish,
  }

  function dispatch(event: ServerSentEvent): void {
    const current = ++eventNumber
    // A handler may make React render and subscribe. New cells go into a new array, so they miss the
    // current event.
    for (const cell of removeExpired(event.type)) {
      const { decoded } = cell
      const isFirst = decoded.eventNumber !== current
      if (isFirst) decodeInto(decoded, cell.channel, event, current)
      const { value, error } = decoded
      if (value === NO_VALUE) continue
      if (error && isFirst) callUsers('onError', error)
      if (error || cell.pendingError) {
        cell.pendingError = error
        cell.errorNumber = current
        dirty.add(cell)
      }
      if (!error) addValue(cell, value, event)
    }
    if (dirty.size === 0 || cancelPublish) return
    const flush = option('flush')
    if (flush === 'sync') publishStream()
    else if (flush === 'frame') cancelPublish = environment.onFrame(publishStream)
    else cancelPublish = environment.setTimer(publishStream, flush)
  }

  /** Returns the cells of a name, without those that nobody uses and that have outlived the linger. */
  function removeExpired(name: string): Cell[] {
    let group = cells.get(name) ?? []
    if (group.some(isExpired)) {
      group = group.filter((cell) => !isExpired(cell))
      cells.set(name, group)
    }
    return group
  }

  function isExpired({ subscriptions, expiresAt }: Cell): boolean {
    return subscriptions.size === 0 && (expiresAt as number) <= environment.now()
  }

  function addValue(cell: Cell, value: unknown, event: ServerSentEvent): void {
    const { fold } = cell.channel
    if (!fold) return callHandlers(cell, value, event)
    try {
      cell.pending = fold.step(cell.pending, value)
      cell.hasValue = cell.isChanged = true
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
      if (cell.isChanged) cell.published = fold?.result ? fold.result(cell.pending) : cell.pending
      cell.isChanged = false
      cell.publishedError = cell.pendingError
    }
    dirty.clear()
  }

  function add(subscription: Subscription): void {
    const { name, channel } = subscription
    const isNew = !cells.has(name)
    const group = removeExpired(name)
    let cell = find(name, channel)
    if (!cell) {
      cell = createCell(channel, decodeResultOf(channel))
      cells.set(name, [...group, cell])
    }
    if (isNew) onName(name)
    if (!cell.hasValue) startFromInitialData(cell, subscription)
    version++
    cell.subscriptions.add(subscription)
    subscription.cell = cell
  }

  function remove(subscription: Subscription): void {
    const { cell } = subscription
    if (!cell?.subscriptions.delete(subscription)) return
    if (cell.subscriptions.size > 0) return
    cell.expiresAt = environment.now() + option('linger')
  }

  function replaceChannel(subscription: Subscription, previous: Channel<unknown>): void {
    const { name, cell, channel } = subscription
    if (!cell || channel === previous) return
    const isAdded = cell.subscriptions.has(subscription)
    // No other subscription uses the cell: its size is 1 with this one, and 0 without.
    const isOnly = cell.subscriptions.size === Number(isAdded)
    // An inline channel is a new object in each render. The cell continues with the new channel.
    if (isOnly && cellOf(name, channel, subscription) === cell) {
      cell.channel = channel
      cell.decoded = decodeResultOf(channel)
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

  function decodeResultOf({ decode }: Channel<unknown>): DecodeResult {
    return getOrCreate(decodeResults, decode, () => ({
      eventNumber: 0,
      value: undefined,
      error: null,
    }))
  }

  function find(name: string, channel: Channel<unknown>): Cell | undefined {
    return cells.get(name)?.find((cell) => cell.channel === channel)
  }
}

function createCell(channel: Channel<unknown>, decoded: DecodeResult): Cell {
  // The other fields come from `start`.
  const cell = { channel, decoded, subscriptions: new Set(), errorNumber: 0 } as unknown as Cell
  start(cell)
  return cell
}

/** Gives a cell the value that it has before the first event. */
function start(cell: Cell): void {
  cell.hasValue = cell.isChanged = false
  cell.pendingError = cell.publishedError = null
  startFrom(cell, cell.channel.fold?.initial)
  for (const subscription of cell.subscriptions) startFromInitialData(cell, subscription)
}

function startFromInitialData(cell: Cell, subscription: Subscription): void {
  const initialData = subscription.initialData()
  if (initialData === undefined) return
  cell.hasValue = true
  startFrom(cell, initialData)
}

function startFrom(cell: Cell, kept: unknown): void {
  const { fold } = cell.channel
  cell.published = kept
  cell.pending = fold?.init ? fold.init(kept) : kept
}

function decodeInto(
  decoded: DecodeResult,
  { decode }: Channel<unknown>,
  event: ServerSentEvent,
  eventNumber: number,
): void {
  decoded.eventNumber = eventNumber
  decoded.value = decoded.error = null
  try {
    decoded.value = decode(event)
  } catch (thrown) {
    // A new error, because a decode function may throw the same one for several events.
    const { type, message, cause = thrown } = toEventSourceError(thrown, 'decode')
    decoded.error = new EventSourceError(
      type,
      `The event "${event.type}" could not be read: ${message}`,
      { event: event.type, raw: detach(event.data), cause },
    )
  }
}

function callHandlers(cell: Cell, value: unknown, event: ServerSentEvent): void {
  // A handler may add subscriptions, which miss this event, or remove some, which are skipped.
  for (const subscription of [...cell.subscriptions])
    if (cell.subscriptions.has(subscription)) callUser(subscription.channel.handle, value, event)
}
