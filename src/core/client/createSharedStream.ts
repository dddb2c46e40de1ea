import {
  type ChannelStore,
  createChannelStore,
  type Subscription,
} from '../channels/createChannelStore.ts'
import { createStreamConnection } from '../connection/createStreamConnection.ts'
import { type ConnectionState, IDLE, isLive } from '../connection/state.ts'
import { callUser, type Cancel, type Environment } from '../environment.ts'
import { getOrCreate } from '../getOrCreate.ts'
import type { EventSourceOptions, ResolvedOptionOf, ResolvedOptions } from '../options.ts'
import type { CallbackArgument, CallbackName } from '../streamContext.ts'

/** The part of an observer that its stream reads. Only the observer writes to it. */
export interface AttachedObserver {
  readonly options: EventSourceOptions
  readonly subscriptions: ReadonlyMap<string, Subscription>
  /** Called after each publish and each change of state, also if neither concerns this observer. */
  readonly listeners: ReadonlySet<() => void>
}

/** One stream, shared by its observers: the connection, and the kept values of the channels. */
export interface SharedStream
  extends Pick<ChannelStore, 'version' | 'cellOf' | 'add' | 'remove' | 'replaceChannel'> {
  getState(): ConnectionState
  /** Adds an observer and its subscriptions. The first observer opens the connection. */
  attach(observer: AttachedObserver): void
  /** Undoes `attach`. When the last observer leaves, the connection closes after the linger. */
  detach(observer: AttachedObserver): void
  /** Applies new options of an observer. */
  optionsChanged(): void
  reconnect(): void
  close(): void
}

/** Finds or creates the shared stream of a key. A stream exists while it is used, and lingers. */
export interface StreamSource {
  /** Returns the stream, if it exists. */
  current(): SharedStream | undefined
  /** Returns the stream, created if it does not exist; `undefined` without a url. */
  acquire(): SharedStream | undefined
  /** The state to show while the stream does not exist. */
  readonly initialState: ConnectionState
  /** Returns the default of an option, for observers that do not give it. */
  readonly option: ResolvedOptionOf
}

/**
 * Closes every connection that has no subscriber and is only lingering. For tests, so that each starts
 * and ends without connections.
 */
export function endLinger(): void {
  for (const release of lingering) release()
}

const lingering = /*#__PURE__*/ new Set<() => void>()

/** @param streams - the client's streams, by their keys */
export function createStreamSource(
  streams: Map<string, SharedStream>,
  key: string,
  initialState: ConnectionState,
  {
    url,
    option,
    environment,
  }: { url: string | undefined; option: ResolvedOptionOf; environment: Environment },
): StreamSource {
  return {
    current: () => streams.get(key),
    acquire: () =>
      url === undefined
        ? undefined
        : getOrCreate(streams, key, () =>
            createSharedStream(url, option, environment, () => streams.delete(key)),
          ),
    initialState,
    option,
  }
}

/** @param onReleased - called when the linger is over and everything is closed */
function createSharedStream(
  url: string,
  option: ResolvedOptionOf,
  environment: Environment,
  onReleased: () => void,
): SharedStream {
  const observers = new Set<AttachedObserver>()
  /** By name: the options object that decides an option. A cache, because events read options. */
  const optionCache = new Map<string, EventSourceOptions>()
  /** The options of the last observer to leave, which apply during the linger. */
  let lingeringOptions: EventSourceOptions = {}
  let cancelLinger: Cancel | undefined
  /** Callback calls that are in progress or waiting, in order. */
  const calls: [CallbackName, CallbackArgument<CallbackName>][] = []

  const context = { url, environment, option: getOption, publish, callUsers }
  const store = createChannelStore({ ...context, callUsers: callUsersIfLive }, (name) =>
    connection.listen(name),
  )
  const connection = createStreamConnection(context, store)

  return {
    ...store,
    getState: connection.getState,
    attach(observer) {
      cancelRelease()
      // Subscribed before the connection opens, so that no event arrives before its listener.
      observer.subscriptions.forEach(store.add)
      observers.add(observer)
      lingeringOptions = {}
      optionsChanged()
      if (connection.getState() === IDLE) connection.connect()
    },
    detach(observer) {
      observer.subscriptions.forEach(store.remove)
      observers.delete(observer)
      optionCache.clear()
      if (observers.size > 0) return
      lingeringOptions = observer.options
      const linger = getOption('linger')
      if (linger === 0) return release()
      cancelLinger = environment.setTimer(release, linger)
      lingering.add(release)
    },
    optionsChanged,
    reconnect: connection.connect,
    close: connection.close,
  }

  /** Publishes values and state together: no observer sees a state without the events before it. */
  function publish(): void {
    store.publish()
    for (const { listeners } of [...observers])
      for (const listener of [...listeners]) callUser(listener)
  }

  function optionsChanged(): void {
    optionCache.clear()
    // `heartbeat` or `connectTimeout` may have changed.
    connection.resetTimer()
  }

  function release(): void {
    cancelRelease()
    connection.dispose()
    store.publish()
    onReleased()
  }

  function cancelRelease(): void {
    cancelLinger?.()
    lingering.delete(release)
  }

  function getOption<Name extends keyof ResolvedOptions>(name: Name): ResolvedOptions[Name] {
    const given = getOrCreate(
      optionCache,
      name,
      () =>
        [...observers].findLast(({ options }) => options[name] != null)?.options ??
        lingeringOptions,
    )
    return (given[name] ?? option(name)) as ResolvedOptions[Name]
  }

  /** For the store: a handler may have closed the connection, and no callback may follow `onClose`. */
  function callUsersIfLive<Name extends CallbackName>(
    name: Name,
    argument: CallbackArgument<Name>,
  ): void {
    if (isLive(connection.getState())) callUsers(name, argument)
  }

  function callUsers<Name extends CallbackName>(
    name: Name,
    argument: CallbackArgument<Name>,
  ): void {
    calls.push([name, argument])
    // A callback may cause another call, which waits until every observer has received this one.
    if (calls.length > 1) return
    for (const [name, argument] of calls) {
      callUser(option(name) as Callback, argument)
      for (const { options } of [...observers]) callUser(options[name] as Callback, argument)
    }
    calls.length = 0
  }
}

type Callback = ((argument: CallbackArgument<CallbackName>) => void) | undefined
