import { callUser, type Cancel, type Environment, reportException } from '../environment.ts'
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
  readonly holders: Set<Holder>
  /** What holders see. It changes in a flush only, so that they never disagree. */
  value: unknown
  /** Whether there is something to it: an event came, or it was handed over. */
  isBegun: boolean
  /** What is kept by now; the next flush publishes it as `value`. */
  kept: unknown
  /** Why the last event could not be read, as holders see it. */
  error: EventSourceError | null
  /** The same by now. */
  latestError: EventSourceError | null
  /** The last turn of dispatch that it took part in. */
  turn: number
  /** Once nobody holds it: when it may be dropped, in ms since the epoch. */
  expiresAt?: number
}

/** What the channels of one connection keep. */
export interface Store {
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
  /** By event name. */
  const keepers = new Map<string, Set<Keeper>>()
  /** What has changed since it was last published. */
  const changed = new Set<Keeper>()
  /** What the decoders made of the event of this turn. */
  const readings = new Map<Decode, Reading>()
  let turn = 0
  let cancelFlush: Cancel | undefined

  return { names: () => [...keepers.keys()], dispatch, bind, unbind, replace, peek, publish }

  function dispatch(event: ServerSentEvent): void {
    const current = ++turn
    const group = keepers.get(event.type) ?? new Set()
    for (const keeper of group) {
      if (keeper.holders.size === 0 && (keeper.expiresAt as number) <= environment.now())
        group.delete(keeper)
      // A handler may make React render, and so bind and replace, while this loop runs.
      if (keeper.turn === current) continue
      keeper.turn = current
      const { decode } = keeper.channel
      const { value, error } = getOrCreate(readings, decode, () => read(decode, event))
      if (error || keeper.latestError) changed.add(keeper)
      keeper.latestError = error
      if (!error) add(keeper, value, event)
    }
    readings.clear()
    if (changed.size === 0 || cancelFlush) return
    const pace = option('flush')
    if (pace === 'sync') onFlush()
    else if (pace === 'frame') cancelFlush = environment.onFrame(onFlush)
    else cancelFlush = environment.setTimer(onFlush, pace)
  }

  function read(decode: Decode, event: ServerSentEvent): Reading {
    const reading: Reading = { value: undefined, error: null }
    try {
      reading.value = decode(event)
    } catch (thrown) {
      const details = { event: event.type, raw: event.data }
      onError((reading.error = Object.assign(toEventSourceError(thrown, 'decode'), details)))
    }
    return reading
  }

  function add(keeper: Keeper, value: unknown, event: ServerSentEvent): void {
    const { keep } = keeper.channel
    if (keep.add) {
      try {
        keeper.kept = keep.add(keeper.kept, value, keeper.value)
        keeper.isBegun = true
        changed.add(keeper)
      } catch (exception) {
        reportException(exception)
      }
    } else {
      // A handler may end this subscription or begin another: those who are there now are called.
      for (const holder of [...keeper.holders]) {
        if (keeper.holders.has(holder)) callUser(holder.channel.keep.handle, value, event)
      }
    }
  }

  function publish(): void {
    cancelFlush?.()
    cancelFlush = undefined
    for (const keeper of changed) {
      const { publish: cut } = keeper.channel.keep
      keeper.value = keeper.kept = cut ? cut(keeper.kept) : keeper.kept
      keeper.error = keeper.latestError
    }
    changed.clear()
  }

  function bind(holder: Holder): void {
    const { name, channel } = holder
    const group = getOrCreate(keepers, name, () => {
      onName(name)
      return new Set()
    })
    const keeper = find(name, channel) ?? createKeeper(channel, turn)
    if (!keeper.isBegun && holder.initial !== undefined) {
      keeper.isBegun = true
      keeper.value = keeper.kept = holder.initial
    }
    group.add(keeper)
    keeper.holders.add(holder)
    holder.keeper = keeper
  }

  function unbind(holder: Holder): void {
    const { keeper } = holder
    if (!keeper?.holders.delete(holder) || keeper.holders.size > 0) return
    keeper.expiresAt = environment.now() + option('linger')
  }

  function replace(holder: Holder, channel: Channel<unknown>): void {
    const { name, keeper, channel: previous } = holder
    holder.channel = channel
    if (!keeper || channel === previous) return
    const isBound = keeper.holders.has(holder)
    const isAlone = keeper.holders.size === Number(isBound)
    // What is held alone goes on under a channel that was written inline, and so is a new one.
    if (isAlone && peek(name, channel, holder) === keeper) keeper.channel = channel
    else if (isBound) {
      unbind(holder)
      bind(holder)
    }
  }

  function peek(name: string, channel: Channel<unknown>, holder?: Holder): Keeper | undefined {
    const own = holder?.keeper
    const isAlike = own?.channel.shape === channel.shape && keepers.get(name)?.has(own)
    return find(name, channel) ?? (isAlike ? own : undefined)
  }

  function find(name: string, channel: Channel<unknown>): Keeper | undefined {
    for (const keeper of keepers.get(name) ?? []) {
      if (keeper.channel === channel) return keeper
    }
    return undefined
  }
}

function createKeeper(channel: Channel<unknown>, turn: number): Keeper {
  const { initial } = channel.keep
  return {
    channel,
    holders: new Set(),
    isBegun: false,
    value: initial,
    kept: initial,
    error: null,
    latestError: null,
    turn,
  }
}

/** What a decoder makes of an event. */
interface Reading {
  value: unknown
  error: EventSourceError | null
}
