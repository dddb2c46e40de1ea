import { callUser, type Cancel, type Environment, reportException } from '../environment.ts'
import { detach } from '../detach.ts'
import { type EventSourceError, toEventSourceError } from '../errors.ts'
import { getOrCreate } from '../getOrCreate.ts'
import type { ResolvedOptions } from '../options.ts'
import type { ServerSentEvent } from '../transport/transport.ts'
import type { Channel, Decode } from './channel.ts'

/** One subscriber's hold on what a channel keeps. */
export interface Holder {
  /** The name of the channel's event. */
  readonly name: string
  channel: Channel<unknown>
  /** What its channel keeps before the first event, where that was handed over. */
  initial?: unknown
  /** What it holds, or held last. */
  keeper?: Keeper
}

/** What one channel keeps of one event, for all its holders. */
export interface Keeper {
  channel: Channel<unknown>
  reader: Reader
  readonly holders: Set<Holder>
  /** Those to be called for the next event, where nothing is kept; to be listed anew if left out. */
  called?: readonly Holder[] | undefined
  /** What holders see. It changes in a flush only, so that they never disagree. */
  value: unknown
  /** Whether there is something to it: an event came, or it was handed over. */
  isBegun: boolean
  /** What the channel adds to; the next flush publishes it as `value`. */
  kept: unknown
  /** Whether that flush has something to publish. */
  isChanged: boolean
  /** Why the last event could not be read, as holders see it. */
  error: EventSourceError | null
  /** The same by now. */
  latestError: EventSourceError | null
  /** The turn of the last event that could not be read. */
  turn: number
  /** Once nobody holds it: when it may be dropped, in ms since the epoch. */
  expiresAt?: number
}

/** What one decoder makes of an event, for all keepers that have it. */
interface Reader {
  readonly decode: Decode
  /** The turn of the event that it has read last, and what came of it. */
  turn: number
  value: unknown
  error: EventSourceError | null
}

/** What the channels of one connection keep. */
export interface Store {
  /** Another number once what someone holds may have changed. */
  version(): number
  /** The names of all events that were ever listened to. */
  names(): readonly string[]
  /** Decodes an event, once for each decoder, and adds it to what is kept. */
  dispatch(event: ServerSentEvent): void
  /** Lets a holder take part: it sees what its channel keeps already, or starts keeping. */
  bind(holder: Holder): void
  /** Ends that. What nobody holds goes on being kept for the linger, and may then be dropped. */
  unbind(holder: Holder): void
  /** Gives a holder the channel that it was rendered with last. */
  replace(holder: Holder, channel: Channel<unknown>): void
  /** What a holder would hold with this channel; `undefined` where nothing is kept yet. */
  peek(name: string, channel: Channel<unknown>, holder: Holder | undefined): Keeper | undefined
  /** Shows the holders what has come since the last flush. */
  publish(): void
}

/**
 * @param option - says the flush and the linger
 * @param onName - a name is listened to for the first time
 * @param onError - an event could not be read
 * @param onFlush - it is time to publish what has come
 */
export function createStore(
  environment: Environment,
  option: <Name extends 'flush' | 'linger'>(name: Name) => ResolvedOptions[Name],
  onName: (name: string) => void,
  onError: (error: EventSourceError) => void,
  onFlush: () => void,
): Store {
  /** By event name; new ones come last. */
  const keepers = new Map<string, Keeper[]>()
  /** What has changed since it was last published. */
  let changed: Keeper[] = []
  let turn = 0
  let version = 0
  let cancelFlush: Cancel | undefined

  return {
    version: () => version,
    names: () => [...keepers.keys()],
    dispatch,
    bind,
    unbind,
    replace,
    peek,
    publish,
  }

  function dispatch(event: ServerSentEvent): void {
    const current = ++turn
    const group = keepers.get(event.type) ?? NOBODY
    // A handler may make React render, and so bind: who comes by that is too late for this event.
    const { length } = group
    for (let index = 0; index < length; index++) {
      const keeper = group[index] as Keeper
      const { reader } = keeper
      const isNews = reader.turn !== current
      if (isNews) read(reader, event, current)
      const { value, error } = reader
      if (error && isNews) onError(error)
      if (error || keeper.latestError) {
        keeper.latestError = error
        keeper.turn = current
        change(keeper)
      }
      if (!error) add(keeper, value, event)
      if (keeper.holders.size === 0 && (keeper.expiresAt as number) <= environment.now())
        drop(event.type, keeper)
    }
    if (changed.length === 0 || cancelFlush) return
    const pace = option('flush')
    if (pace === 'sync') onFlush()
    else if (pace === 'frame') cancelFlush = environment.onFrame(onFlush)
    else cancelFlush = environment.setTimer(onFlush, pace)
  }

  function drop(name: string, keeper: Keeper): void {
    const group = keepers.get(name) as Keeper[]
    keepers.set(
      name,
      group.filter((other) => other !== keeper),
    )
  }

  function read(reader: Reader, event: ServerSentEvent, current: number): void {
    reader.turn = current
    reader.error = null
    try {
      reader.value = reader.decode(event)
    } catch (thrown) {
      const details = { event: event.type, raw: detach(event.data) }
      reader.error = Object.assign(toEventSourceError(thrown, 'decode'), details)
    }
  }

  function add(keeper: Keeper, value: unknown, event: ServerSentEvent): void {
    const { keep } = keeper.channel
    if (!keep.add) return call(keeper, value, event)
    try {
      keeper.kept = keep.add(keeper.kept, value)
      keeper.isBegun = true
      change(keeper)
    } catch (exception) {
      reportException(exception)
    }
  }

  function change(keeper: Keeper): void {
    if (keeper.isChanged) return
    keeper.isChanged = true
    changed.push(keeper)
  }

  function publish(): void {
    cancelFlush?.()
    cancelFlush = undefined
    version++
    for (const keeper of changed) {
      const { publish: handOut } = keeper.channel.keep
      keeper.isChanged = false
      keeper.value = handOut ? handOut(keeper.kept) : keeper.kept
      keeper.error = keeper.latestError
    }
    changed = []
  }

  function bind(holder: Holder): void {
    const { name, channel } = holder
    const group = getOrCreate(keepers, name, () => {
      onName(name)
      return []
    })
    let keeper = find(name, channel)
    if (!keeper) group.push((keeper = createKeeper(channel, readerOf(group, channel))))
    if (!keeper.isBegun && holder.initial !== undefined) {
      keeper.isBegun = true
      begin(keeper, holder.initial)
    }
    version++
    keeper.holders.add(holder)
    keeper.called = undefined
    holder.keeper = keeper
  }

  function unbind(holder: Holder): void {
    const { keeper } = holder
    if (!keeper?.holders.delete(holder)) return
    keeper.called = undefined
    if (keeper.holders.size > 0) return
    keeper.expiresAt = environment.now() + option('linger')
  }

  function replace(holder: Holder, channel: Channel<unknown>): void {
    const { name, keeper, channel: previous } = holder
    holder.channel = channel
    if (!keeper || channel === previous) return
    const isBound = keeper.holders.has(holder)
    const isAlone = keeper.holders.size === Number(isBound)
    // What is held alone goes on under a channel that was written inline, and so is a new one.
    if (isAlone && peek(name, channel, holder) === keeper) {
      keeper.channel = channel
      keeper.reader = readerOf(keepers.get(name) ?? NOBODY, channel)
    } else if (isBound) {
      unbind(holder)
      bind(holder)
    }
  }

  function peek(name: string, channel: Channel<unknown>, holder?: Holder): Keeper | undefined {
    const own = holder?.keeper
    if (own?.channel === channel && own.holders.has(holder as Holder)) return own
    const isAlike = own?.channel.shape === channel.shape && keepers.get(name)?.includes(own)
    return find(name, channel) ?? (isAlike ? own : undefined)
  }

  function find(name: string, channel: Channel<unknown>): Keeper | undefined {
    return keepers.get(name)?.find((keeper) => keeper.channel === channel)
  }
}

const NOBODY: readonly Keeper[] = []

function createKeeper(channel: Channel<unknown>, reader: Reader): Keeper {
  const keeper: Keeper = {
    channel,
    reader,
    holders: new Set(),
    isBegun: false,
    value: undefined,
    kept: undefined,
    isChanged: false,
    error: null,
    latestError: null,
    turn: 0,
  }
  begin(keeper, channel.keep.initial)
  return keeper
}

function call(keeper: Keeper, value: unknown, event: ServerSentEvent): void {
  const called = (keeper.called ??= [...keeper.holders])
  for (const holder of called) {
    // A handler may end this subscription, or begin another: those who are there now are called.
    if (keeper.called !== called && !keeper.holders.has(holder)) continue
    callUser(holder.channel.keep.handle, value, event)
  }
}

function begin(keeper: Keeper, value: unknown): void {
  const { keep } = keeper.channel
  keeper.value = value
  keeper.kept = keep.begin ? keep.begin(value) : value
}

/** The reader of those that decode as this channel does, or a new one. */
function readerOf(group: readonly Keeper[], { decode }: Channel<unknown>): Reader {
  const alike = group.find(({ reader }) => reader.decode === decode)
  return alike?.reader ?? { decode, turn: 0, value: undefined, error: null }
}
