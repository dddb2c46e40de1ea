import type { Channel, Channels, Data } from '../channels/channel.ts'
import type { Holder } from '../channels/createStore.ts'
import type { ConnectionState } from '../connection/state.ts'
import { checkOptions, type EventSourceOptions, type OptionOf } from '../options.ts'
import type { Member, SharedConnection } from './createSharedConnection.ts'
import {
  type AnySelection,
  createView,
  type EventSourceResult,
  type Selection,
} from './createView.ts'

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
  /** The channels that it has, where these are the same under the same keys; otherwise these. */
  reuse(channels: Channels): Channels
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
  /** The one that it is subscribed to. */
  let connection: SharedConnection | undefined
  const view = createView(holders, unopened, handedOver, {
    reconnect: () => peek()?.reconnect(),
    close: () => peek()?.close(),
  })

  update(initialChannels, initialOptions)
  return {
    subscribe,
    update,
    reuse,
    getSnapshot: (next = channels, selection?: AnySelection) =>
      view(next, selection, connection ?? peek()),
    getServerSnapshot: view,
  } as Observer<C>

  function subscribe(listener: () => void): () => void {
    if (listeners.size === 0) {
      connection = acquire()
      // Bound before it opens, so that no event comes before its listener.
      holders.forEach(bind)
      connection?.attach(member)
    }
    listeners.add(listener)
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      holders.forEach((holder) => connection?.store.unbind(holder))
      connection?.detach(member)
      connection = undefined
    }
  }

  function update(next: Channels, options: EventSourceOptions): void {
    if (options !== member.options) {
      checkOptions((name) => options[name])
      connection?.update(member, options)
      member.options = options
    }
    if (next === channels) return
    channels = next
    holders.forEach(drop)
    Object.keys(next).forEach(take)
  }

  /** Ends the hold of a key that is no longer there, or stands for another event. */
  function drop(holder: Holder, key: string): void {
    const channel = Object.hasOwn(channels, key) ? channels[key] : undefined
    if (channel && (channel.event ?? key) === holder.name) return
    connection?.store.unbind(holder)
    holders.delete(key)
  }

  /** Holds what there is under a key, or goes on holding it. */
  function take(key: string): void {
    const channel = channels[key] as Channel<unknown>
    const holder = holders.get(key)
    if (!holder) {
      const added: Holder = { name: channel.event ?? key, channel }
      holders.set(key, added)
      bind(added, key)
    } else if (holder.channel !== channel) {
      holder.initial = handedOver(key)
      ;(connection ?? peek())?.store.replace(holder, channel)
      holder.channel = channel
    }
  }

  function reuse(next: Channels): Channels {
    const keys = Object.keys(next)
    const isSame =
      keys.length === holders.size && keys.every((key) => holders.get(key)?.channel === next[key])
    return isSame ? channels : next
  }

  function bind(holder: Holder, key: string): void {
    holder.initial = handedOver(key)
    connection?.store.bind(holder)
  }

  function handedOver(key: string, initial = member.options.initial): unknown {
    const all = initial ?? option('initial')
    return all && Object.hasOwn(all, key) ? all[key] : undefined
  }
}
