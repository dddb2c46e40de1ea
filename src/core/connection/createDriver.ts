import { callUser, type Cancel, type Environment } from '../environment.ts'
import { EventSourceError } from '../errors.ts'
import type { Closed, Opened, OptionOf } from '../options.ts'
import type { ServerSentEvent, Transport, TransportAttempt } from '../transport/transport.ts'
import { DEFAULT_RESET_AFTER, retryDelay } from './retry.ts'
import type { ConnectionState } from './state.ts'
import { type ConnectionEvent, failuresAfterLoss, INITIAL, transition } from './transition.ts'

/** What a driver is told, and whom it tells. */
export interface DriverConfig {
  readonly url: string
  readonly environment: Environment
  /** An option as it is now. */
  readonly option: OptionOf
  readonly defaultTransport: Transport
  /** The names of the events that are listened to now. */
  readonly names: Iterable<string>
  onState(state: ConnectionState): void
  onEvent(event: ServerSentEvent): void
  onOpen(opened: Opened): void
  onError(error: EventSourceError): void
  onClose(closed: Closed): void
}

/** Does what the transition function says: the one owner of a stream's timers and I/O. */
export interface Driver {
  getState(): ConnectionState
  /** Opens the stream if it is idle. */
  start(): void
  /** Opens it at once and anew, after the last event id, whatever it is doing. */
  reconnect(): void
  /** Closes it until `reconnect()`. */
  close(): void
  /** Closes it and forgets where it was: nobody listens any more. */
  release(): void
  /** Listens to one more event. */
  listen(name: string): void
}

export function createDriver({
  url,
  environment,
  option,
  defaultTransport,
  names,
  ...on
}: DriverConfig): Driver {
  let machine = INITIAL
  let attempt: TransportAttempt | undefined
  /** Counts attempts begun and ended: what an ended one still says is not heard. */
  let generation = 0
  let cancelRetry: Cancel | undefined
  /** Where the next attempt resumes; `undefined` until the first one has asked the options. */
  let lastEventId: string | undefined
  /** When an open stream was last lost, in ms since the epoch; `undefined` while none was. */
  let lostAt: number | undefined

  return {
    getState: () => machine.state,
    start() {
      if (machine.state === INITIAL.state) begin('connect')
    },
    reconnect() {
      if (machine.state !== INITIAL.state) begin('connect')
    },
    close: () => end('stopped'),
    release() {
      stop()
      lastEventId = lostAt = undefined
      dispatch({ type: 'release' })
    },
    listen: (name) => attempt?.listen(name),
  }

  function begin(type: 'connect' | 'retry'): void {
    stop()
    const begun = generation
    dispatch({ type })
    // A listener may have closed it, or begun anew, meanwhile.
    if (generation === begun) open()
  }

  function open(): void {
    const transport = option('transport') ?? defaultTransport
    const resumeAfter = (lastEventId ??= option('lastEventId') ?? '')
    const current = generation
    const heard =
      <Args extends unknown[]>(callback: (...args: Args) => void) =>
      (...args: Args): void => {
        if (generation === current) callback(...args)
      }
    try {
      const opened = transport.open(
        {
          url,
          withCredentials: option('withCredentials') ?? false,
          lastEventId: resumeAfter,
          names,
          mayRetry: option('retry') === undefined,
        },
        {
          open: heard(() => onOpen(resumeAfter)),
          event: heard(onEvent),
          drop: heard(onDrop),
          fail: heard(onFail),
        },
      )
      if (generation === current) attempt = opened
      else opened.close()
    } catch (cause) {
      onFail(
        cause instanceof EventSourceError
          ? cause
          : new EventSourceError('unsupported', `The transport can't be opened: ${cause}`, { cause }),
        true,
      )
    }
  }

  function onOpen(resumedAfter: string): void {
    const now = environment.now()
    const reconnected = lostAt !== undefined
    const downFor = reconnected ? now - (lostAt as number) : 0
    dispatch({ type: 'open', at: now })
    on.onOpen({ reconnected, downFor, lastEventId: resumedAfter })
  }

  function onEvent(event: ServerSentEvent): void {
    lastEventId = event.lastEventId
    if (callUser(option('until'), event)) end('done')
    else on.onEvent(event)
  }

  function onDrop(error: EventSourceError): void {
    const failures = (error.attempt = countFailure())
    dispatch({ type: 'lose', error, failures, retryAt: null })
    on.onError(error)
  }

  function onFail(error: EventSourceError, final?: boolean): void {
    const failures = (error.attempt = countFailure())
    stop()
    const context = { attempt: failures, error, lastEventId: lastEventId as string }
    const delay = !final && retryDelay(option('retry'), context, environment.random)
    if (delay === false) {
      dispatch({ type: 'fail', error })
      on.onError(error)
      on.onClose({ reason: 'failed', error })
      return
    }
    cancelRetry = environment.setTimer(() => begin('retry'), delay)
    dispatch({ type: 'lose', error, failures, retryAt: environment.now() + delay })
    on.onError(error)
  }

  function countFailure(): number {
    const retry = option('retry')
    const resetAfter = typeof retry === 'object' ? retry.resetAfter : undefined
    return failuresAfterLoss(machine, environment.now(), resetAfter ?? DEFAULT_RESET_AFTER)
  }

  function end(reason: 'done' | 'stopped'): void {
    stop()
    const { state } = machine
    dispatch({ type: 'close', reason })
    if (machine.state !== state) on.onClose({ reason, error: null })
  }

  function stop(): void {
    generation++
    cancelRetry?.()
    cancelRetry = undefined
    attempt?.close()
    attempt = undefined
  }

  function dispatch(event: ConnectionEvent): void {
    const { state, openedAt } = machine
    machine = transition(machine, event)
    if (openedAt !== null && machine.openedAt === null) lostAt = environment.now()
    if (machine.state !== state) on.onState(machine.state)
  }
}
