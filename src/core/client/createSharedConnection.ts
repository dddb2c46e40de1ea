import { createStore, type Store } from '../channels/createStore.ts'
import {
  type CallbackArgument,
  type CallbackName,
  createDriver,
} from '../connection/createDriver.ts'
import { type ConnectionState, IDLE } from '../connection/state.ts'
import { callUser, type Cancel, type Environment } from '../environment.ts'
import type { EventSourceOptions, OptionOf, ResolvedOptions } from '../options.ts'
import { DEFAULTS } from './defaults.ts'

/** Who takes part in a connection: it stays open while there is one. */
export interface Member {
  options: EventSourceOptions
  /** Called when the state has changed, or what channels keep; not always this member's. */
  readonly listeners: ReadonlySet<() => void>
}

/** One stream and what its channels keep, for all its members. */
export interface SharedConnection {
  readonly store: Store
  getState(): ConnectionState
  /** Lets a member take part. The first one opens the connection. */
  attach(member: Member): void
  /** Ends that. The last one to leave closes the connection, after the linger. */
  detach(member: Member): void
  /** A member has new options, which are these. */
  update(options: EventSourceOptions): void
  reconnect(): void
  close(): void
}

/**
 * Closes at once every connection that nobody uses any more and that only lingers. For tests, which
 * are to start and end with none.
 */
export function endLinger(): void {
  for (const release of lingering) release()
}

const lingering = /*#__PURE__*/ new Set<() => void>()

/**
 * @param option - the options where no member gives one
 * @param onIdle - the linger after the last member is over: this connection is not used again
 */
export function createSharedConnection(
  url: string,
  option: OptionOf,
  environment: Environment,
  onIdle: () => void,
): SharedConnection {
  const members = new Set<Member>()
  /** What the members ask for, the latest for each option; `undefined` when it must be put together. */
  let asked: EventSourceOptions | undefined
  let cancelLinger: Cancel | undefined

  const store = createStore(
    environment,
    getOption,
    (name) => driver.listen(name),
    (error) => call('onError', error),
    show,
  )
  const driver = createDriver(url, environment, getOption, store, show, call)

  return {
    store,
    getState: driver.getState,
    attach(member) {
      members.add(member)
      stay()
      update(member.options)
      if (driver.getState() === IDLE) driver.connect()
    },
    detach(member) {
      // Asked while it is a member, so that the last one's options hold until its linger is over.
      const linger = getOption('linger')
      members.delete(member)
      if (members.size > 0) return update()
      if (linger === 0) return release()
      cancelLinger = environment.setTimer(release, linger)
      lingering.add(release)
    },
    update,
    reconnect: driver.connect,
    close: driver.close,
  }

  /** Shows what is new. What came before a change of state is seen no later than the change. */
  function show(): void {
    store.publish()
    for (const { listeners } of [...members])
      for (const listener of [...listeners]) callUser(listener)
  }

  /** What was put together is out of date. */
  function update({ heartbeat }: EventSourceOptions = {}): void {
    asked = undefined
    if (heartbeat) driver.watch()
  }

  function release(): void {
    stay()
    driver.stop()
    store.publish()
    onIdle()
  }

  /** Takes back that it is about to be released. */
  function stay(): void {
    cancelLinger?.()
    lingering.delete(release)
  }

  function getOption<Name extends keyof ResolvedOptions>(name: Name): ResolvedOptions[Name] {
    if (!asked) {
      const latest: Record<string, unknown> = (asked = {})
      for (const { options } of members) {
        for (const [key, value] of Object.entries(options)) latest[key] = value ?? latest[key]
      }
    }
    const defaults: EventSourceOptions = DEFAULTS
    return (asked?.[name] ?? option(name) ?? defaults[name]) as ResolvedOptions[Name]
  }

  /** Calls a callback of each member, and once the one that is given for all of them. */
  function call<Name extends CallbackName>(name: Name, argument: CallbackArgument<Name>): void {
    type Callback = ((given: typeof argument) => void) | undefined
    callUser(option(name) as Callback, argument)
    for (const { options } of [...members]) callUser(options[name] as Callback, argument)
  }
}
