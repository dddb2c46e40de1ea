import { callUser, type Cancel, type Environment, reportException } from '../environment.ts'
import { EventSourceError } from '../errors.ts'
import { getOrCreate } from '../getOrCreate.ts'
import type { ServerSentEvent } from '../transport/transport.ts'
import type { Channel, Decode } from './channel.ts'

/** When what has arrived is shown: once a frame, at each event, or once in so many ms. */
export type Flush = 'frame' | 'sync' | number

/** One subscriber's hold on what a channel keeps. */
export interface Holder {
  /** The name of the channel's event. */
  readonly name: string
  channel: Channel<unknown>
  flush: Flush
  /** What it holds, or held last. */
  keeper?: Keeper | undefined
  /** Called once for each flush in which something changed; the same function for one subscriber. */
  readonly notify: () => void
}

/** What one channel keeps of one event, for all its holders. */
export interface Keeper {
  /** What holders see; it changes in a flush only, so that they never disagree. */
  value: unknown
  /** Why the last event could not be read, as holders see it. */
  error: EventSourceError | null
  /** What is kept by now, before the next flush publishes it. */
  kept: unknown
  latestError: EventSourceError | null
  channel: Channel<unknown>
  readonly holders: Set<Holder>
  /** How soon its fastest holder wants to see a change. */
  pace: Flush
  /** The last turn of dispatch that it took part in. */
  turn: number
  /** When its last holder left, in ms since the epoch. */
  orphanedAt: number
}

/** What the channels of one connection keep. */
export interface Store {
  /** The names of all events that were ever listened to. */
  readonly names: ReadonlySet<string>
  /** Decodes an event, once for each decoder, and adds it to what is kept. */
  dispatch(event: ServerSentEvent): void
  /** Lets a holder take part: it sees what its channel keeps already, or starts keeping. */
  bind(holder: Holder): void
  /** Ends that. What nobody holds goes on being kept for the linger, and is then dropped. */
  unbind(holder: Holder): void
  /** Gives a holder the channel it was rendered with last. */
  replace(holder: Holder, channel: Channel<unknown>): void
  /** What a holder would see with this channel, `undefined` where nothing is kept yet. */
  peek(name: string, channel: Channel<unknown>, holder: Holder | undefined): Keeper | undefined
  /** Publishes all that waits for its flush, without a word to the holders. */
  publish(): void
  /** Forgets everything. */
  clear(): void
}

export interface StoreConfig {
  readonly environment: Environment
  linger(): number
  /** A name is listened to for the first time. */
  onName(name: string): void
  /** An event could not be read. */
  onError(error: EventSourceError): void
}

export function createStore({ environment, linger, onName, onError }: StoreConfig): Store {
  const names = new Set<string>()
  /** By event name, then by channel: who keeps what. */
  const keepers = new Map<string, Map<Channel<unknown>, Keeper>>()
  /** The same by event name, then by decoder: an event is decoded once for each. */
  const readers = new Map<string, Map<Decode, Set<Keeper>>>()
  /** What has changed since it was last published, by pace, and what takes the flush back. */
  const batches = new Map<Flush, { changed: Set<Keeper>; cancel: Cancel | undefined }>()
  let turn = 0
  let cancelSweep: Cancel | undefined

  return { names, dispatch, bind, unbind, replace, peek, publish, clear }

  function dispatch(event: ServerSentEvent): void {
    const current = ++turn
    for (const [decode, group] of readers.get(event.type) ?? []) {
      let value: unknown
      let error: EventSourceError | null = null
      try {
        value = decode(event)
      } catch (cause) {
        onError((error = unreadable(event, cause)))
      }
      for (const keeper of group) {
        // A handler can make React render, and so bind and replace, while this loop runs.
        if (keeper.turn === current) continue
        keeper.turn = current
        if (error || keeper.latestError) {
          keeper.latestError = error
          schedule(keeper)
        }
        if (!error) add(keeper, value, event)
      }
    }
    flush('sync')
  }

  function add(keeper: Keeper, value: unknown, event: ServerSentEvent): void {
    const { keep } = keeper.channel
    if (!keep.add) {
      for (const holder of keeper.holders) callUser(holder.channel.keep.handle, value, event)
      return
    }
    try {
      keeper.kept = keep.add(keeper.kept, value, keeper.value)
      schedule(keeper)
    } catch (exception) {
      reportException(exception)
    }
  }

  function schedule(keeper: Keeper): void {
    const { pace } = keeper
    let batch = batches.get(pace)
    if (!batch) {
      const run = (): void => flush(pace)
      batch = {
        changed: new Set(),
        cancel:
          pace === 'frame'
            ? environment.onFrame(run)
            : pace === 'sync'
              ? undefined // at the end of dispatch
              : environment.setTimer(run, pace),
      }
      batches.set(pace, batch)
    }
    batch.changed.add(keeper)
  }

  function flush(pace: Flush): void {
    const notified = new Set<() => void>()
    for (const keeper of publishBatch(pace)) {
      for (const holder of keeper.holders) notified.add(holder.notify)
    }
    for (const notify of notified) callUser(notify)
  }

  function publish(): void {
    for (const pace of batches.keys()) publishBatch(pace)
  }

  function publishBatch(pace: Flush): Iterable<Keeper> {
    const batch = batches.get(pace)
    if (!batch) return []
    batches.delete(pace)
    batch.cancel?.()
    for (const keeper of batch.changed) {
      const { keep } = keeper.channel
      keeper.value = keeper.kept = keep.publish ? keep.publish(keeper.kept) : keeper.kept
      keeper.error = keeper.latestError
    }
    return batch.changed
  }

  function bind(holder: Holder): void {
    const { name, channel } = holder
    const keeper = keepers.get(name)?.get(channel) ?? createKeeper(name, channel)
    holder.keeper = keeper
    const isFirst = keeper.holders.size === 0
    keeper.holders.add(holder)
    if (isFirst || isFaster(holder.flush, keeper.pace)) keeper.pace = holder.flush
  }

  function unbind(holder: Holder): void {
    const { keeper } = holder
    if (!keeper?.holders.delete(holder)) return
    if (holder.flush === keeper.pace) slowDown(keeper)
    if (keeper.holders.size > 0) return
    keeper.orphanedAt = environment.now()
    cancelSweep ??= environment.setTimer(sweep, linger())
  }

  function replace(holder: Holder, channel: Channel<unknown>): void {
    const { name, channel: previous, keeper } = holder
    if (channel === previous) return
    const next = peek(name, channel, holder)
    holder.channel = channel
    if (!keeper) return
    if (next === keeper && keeper.channel !== channel) {
      remove(name, keeper)
      keeper.channel = channel
      insert(name, keeper)
    } else if (keeper.holders.has(holder)) {
      unbind(holder)
      bind(holder)
    }
  }

  function peek(
    name: string,
    channel: Channel<unknown>,
    holder: Holder | undefined,
  ): Keeper | undefined {
    const shared = keepers.get(name)?.get(channel)
    const own = holder?.keeper
    if (shared || !own || own.channel.shape !== channel.shape) return shared
    // What is held alone goes on under the new channel: it was written inline.
    const isAlone = own.holders.size === (own.holders.has(holder) ? 1 : 0)
    return isAlone && keepers.get(name)?.get(own.channel) === own ? own : undefined
  }

  function clear(): void {
    cancelSweep?.()
    cancelSweep = undefined
    for (const { cancel } of batches.values()) cancel?.()
    batches.clear()
    keepers.clear()
    readers.clear()
    names.clear()
  }

  function createKeeper(name: string, channel: Channel<unknown>): Keeper {
    const { initial } = channel.keep
    const keeper: Keeper = {
      value: initial,
      error: null,
      kept: initial,
      latestError: null,
      channel,
      holders: new Set(),
      pace: 'frame',
      turn,
      orphanedAt: 0,
    }
    insert(name, keeper)
    if (!names.has(name)) {
      names.add(name)
      onName(name)
    }
    return keeper
  }

  function insert(name: string, keeper: Keeper): void {
    const { channel } = keeper
    getOrCreate(keepers, name, () => new Map()).set(channel, keeper)
    getOrCreate(getOrCreate(readers, name, () => new Map()), channel.decode, () => new Set()).add(keeper)
  }

  function remove(name: string, keeper: Keeper): void {
    const { channel } = keeper
    keepers.get(name)?.delete(channel)
    const groups = readers.get(name)
    const group = groups?.get(channel.decode)
    group?.delete(keeper)
    if (group?.size === 0) groups?.delete(channel.decode)
  }

  function sweep(): void {
    cancelSweep = undefined
    let oldest = Infinity
    const due = environment.now() - linger()
    for (const [name, channels] of keepers) {
      for (const keeper of channels.values()) {
        if (keeper.holders.size > 0) continue
        if (keeper.orphanedAt <= due) remove(name, keeper)
        else oldest = Math.min(oldest, keeper.orphanedAt)
      }
    }
    if (oldest < Infinity) cancelSweep = environment.setTimer(sweep, oldest - due)
  }
}

/** Sets the pace of the fastest holder left; what nobody holds is kept ready for the next who does. */
function slowDown(keeper: Keeper): void {
  let pace: Flush | undefined
  for (const { flush } of keeper.holders) {
    if (flush === keeper.pace) return
    if (pace === undefined || isFaster(flush, pace)) pace = flush
  }
  keeper.pace = pace ?? 'frame'
}

function isFaster(a: Flush, b: Flush): boolean {
  return delayOf(a) < delayOf(b)
}

function delayOf(flush: Flush): number {
  return flush === 'sync' ? 0 : flush === 'frame' ? 16 : flush
}

function unreadable(event: ServerSentEvent, cause: unknown): EventSourceError {
  if (cause instanceof EventSourceError) return cause
  const { type, data } = event
  const why = cause instanceof Error ? cause.message : String(cause)
  return new EventSourceError('decode', `Event "${type}" can't be decoded: ${why}`, {
    event: type,
    raw: data,
    cause,
  })
}
