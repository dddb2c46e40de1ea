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
  /** Gives a member new options. */
  update(member: Member, options: EventSourceOptions): void
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
  /** Who gives an option: of the members that do, the one that came last. */
  const givers = new Map<string, Giver>()
  /** Where there is no member: the last one to leave, whose options hold until the linger is over. */
  let departed: Giver = NOBODY
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
      givers.clear()
      departed = NOBODY
      watch(member.options)
      if (driver.getState() === IDLE) driver.connect()
    },
    detach(member) {
      members.delete(member)
      givers.clear()
      if (members.size > 0) return
      departed = { options: member.options }
      const linger = getOption('linger')
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

  function update(member: Member, options: EventSourceOptions): void {
    const before = member.options
    member.options = options
    // Written inline, they are new at each render, but mostly of the same names.
    for (const name of Object.keys({ ...before, ...options }) as (keyof EventSourceOptions)[])
      if ((before[name] == null) !== (options[name] == null)) givers.delete(name)
    watch(options, before)
  }

  /** Waits anew where what is waited for has changed. */
  function watch(options: EventSourceOptions, before: EventSourceOptions = {}): void {
    if (before.heartbeat !== options.heartbeat || before.connectTimeout !== options.connectTimeout)
      driver.watch()
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
    let giver = givers.get(name)
    if (!giver) {
      giver = [...members].findLast(({ options }) => options[name] != null) ?? departed
      givers.set(name, giver)
    }
    const { options } = giver
    const defaults: EventSourceOptions = DEFAULTS
    return (options[name] ?? option(name) ?? defaults[name]) as ResolvedOptions[Name]
  }

  /** Calls a callback of each member, and once the one that is given for all of them. */
  function call<Name extends CallbackName>(name: Name, argument: CallbackArgument<Name>): void {
    type Callback = ((given: typeof argument) => void) | undefined
    callUser(option(name) as Callback, argument)
    for (const { options } of [...members]) callUser(options[name] as Callback, argument)
  }
}

type Giver = Pick<Member, 'options'>

const NOBODY: Giver = { options: {} }
