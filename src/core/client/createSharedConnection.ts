import { createStore, type Store } from '../channels/createStore.ts'
import { createDriver } from '../connection/createDriver.ts'
import type { ConnectionState } from '../connection/state.ts'
import { callUser, type Cancel, type Environment } from '../environment.ts'
import type { EventSourceOptions, OptionOf } from '../options.ts'
import { nativeTransport } from '../transport/nativeTransport.ts'
import type { Transport } from '../transport/transport.ts'

/** Who takes part in a connection: it stays open while there is one. */
export interface Member {
  options: EventSourceOptions
  /** The state of the connection has changed. */
  readonly notify: () => void
}

/** One stream and what its channels keep, for all its members. */
export interface SharedConnection {
  readonly url: string
  readonly store: Store
  getState(): ConnectionState
  /** Lets a member take part. The first one opens the connection. */
  attach(member: Member): void
  /** Ends that. The last one to leave closes the connection, after the linger. */
  detach(member: Member): void
  /** A member has new options. */
  update(member: Member): void
  reconnect(): void
  close(): void
}

export interface SharedConnectionConfig {
  readonly url: string
  readonly environment: Environment
  /** The options where no member gives one. */
  readonly option: OptionOf
  /** The linger after the last member is over: everything is closed and forgotten. */
  onIdle?(): void
}

/**
 * Closes at once every connection that nobody uses any more and that only lingers. For tests, which
 * are to start and end with none.
 */
export function endLinger(): void {
  for (const release of lingering) release()
}

const DEFAULT_LINGER = 1_000
const lingering = /*#__PURE__*/ new Set<() => void>()
/** What carries a stream where no transport is given. */
export const DEFAULT_TRANSPORT: Transport = /*#__PURE__*/ nativeTransport()

export function createSharedConnection(config: SharedConnectionConfig): SharedConnection {
  const { url, environment, onIdle } = config
  const members = new Set<Member>()
  /** What the members ask for, the latest for each option; `undefined` when it must be put together. */
  let asked: EventSourceOptions | undefined = {}
  let cancelLinger: Cancel | undefined

  const store = createStore({
    environment,
    linger: getLinger,
    onName: (name) => driver.listen(name),
    onError: (error) => callEach('onError', error),
  })
  const driver = createDriver({
    url,
    environment,
    option,
    defaultTransport: DEFAULT_TRANSPORT,
    names: store.names,
    onEvent: store.dispatch,
    onState() {
      // What came before a change of state is seen no later than the change.
      store.publish()
      for (const member of [...members]) callUser(member.notify)
    },
    onOpen: (opened) => callEach('onOpen', opened),
    onError: (error) => callEach('onError', error),
    onClose: (closed) => callEach('onClose', closed),
  })

  return {
    url,
    store,
    getState: driver.getState,
    attach(member) {
      members.add(member)
      if (asked) assign(asked, member.options)
      endWait()
      driver.start()
    },
    detach(member) {
      members.delete(member)
      // The last one's options hold until the linger that they ask for is over.
      if (members.size > 0) asked = undefined
      else if (getLinger() === 0) release()
      else {
        cancelLinger = environment.setTimer(release, getLinger())
        lingering.add(release)
      }
    },
    update(member) {
      if (asked) assign(asked, member.options)
    },
    reconnect: driver.reconnect,
    close: driver.close,
  }

  function release(): void {
    endWait()
    driver.release()
    store.clear()
    asked = {}
    onIdle?.()
  }

  function endWait(): void {
    cancelLinger?.()
    cancelLinger = undefined
    lingering.delete(release)
  }

  function option<Name extends keyof EventSourceOptions>(name: Name): EventSourceOptions[Name] {
    if (!asked) {
      asked = {}
      for (const member of members) assign(asked, member.options)
    }
    return asked[name] ?? config.option(name)
  }

  function getLinger(): number {
    return option('linger') ?? DEFAULT_LINGER
  }

  /** Calls a callback of the members, and the one given for all of them once. */
  function callEach<Name extends 'onOpen' | 'onError' | 'onClose'>(
    name: Name,
    argument: Parameters<NonNullable<EventSourceOptions[Name]>>[0],
  ): void {
    const callbacks = [config, ...members].map((from) =>
      'options' in from ? from.options[name] : from.option(name),
    )
    for (const callback of callbacks) {
      callUser(callback as ((given: typeof argument) => void) | undefined, argument)
    }
  }
}

function assign(target: EventSourceOptions, given: EventSourceOptions): void {
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) Object.assign(target, { [name]: value })
  }
}
