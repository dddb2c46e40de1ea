import { callUser, type Cancel, type Environment } from '../environment.ts'
import { type EventSourceError, toEventSourceError } from '../errors.ts'
import type { EventSourceOptions, ResolvedOptions } from '../options.ts'
import type { ServerSentEvent, TransportAttempt } from '../transport/transport.ts'
import { type RetryContext, retryDelay } from './retry.ts'
import { type CloseReason, type ConnectionState, IDLE, OPEN } from './state.ts'
import { type ConnectionEvent, transition } from './transition.ts'

export type CallbackName = 'onOpen' | 'onError' | 'onClose'
export type CallbackArgument<Name extends CallbackName> = Parameters<
  NonNullable<EventSourceOptions[Name]>
>[0]

/** What a driver is told, and whom it tells. */
export interface DriverConfig {
  readonly url: string
  readonly environment: Environment
  /** An option as it is now. */
  option<Name extends keyof ResolvedOptions>(name: Name): ResolvedOptions[Name]
  /** The names of the events that are listened to now, and where these events go. */
  readonly listeners: {
    names(): Iterable<string>
    dispatch(event: ServerSentEvent): void
  }
  onState(): void
  /** Calls the users' callbacks of this name. */
  call<Name extends CallbackName>(name: Name, argument: CallbackArgument<Name>): void
}

/** Does what the transition function says: the one owner of a stream's timers and I/O. */
export interface Driver {
  getState(): ConnectionState
  /** Opens the stream at once, after the last event id, whatever it is doing. */
  connect(): void
  /** Closes it until `connect()`. */
  close(): void
  /** Ends all that is under way, without a word. */
  stop(): void
  /** Listens to one more event. */
  listen(name: string): void
}

export function createDriver({
  url,
  environment,
  option,
  listeners,
  onState,
  call,
}: DriverConfig): Driver {
  let state = IDLE
  let attempt: TransportAttempt | undefined
  /** Counts attempts begun and ended: what an ended one still says is not heard. */
  let generation = 0
  let cancelRetry: Cancel | undefined
  /** How many attempts in a row have failed. */
  let failures = 0
  /** Where the next attempt resumes; `undefined` until the first one has asked the options. */
  let lastEventId: string | undefined
  /** When the stream last opened, and when it was last lost, in ms since the epoch; 0 for never. */
  let openedAt = 0
  let lostAt = 0

  return {
    getState: () => state,
    connect: () => begin('connect'),
    close: () => end('stopped'),
    stop,
    listen: (name) => attempt?.listen(name),
  }

  function begin(type: 'connect' | 'retry'): void {
    stop()
    if (type === 'connect') failures = 0
    const begun = generation
    dispatch({ type })
    // A listener may have closed it, or begun anew, meanwhile.
    if (generation === begun) open()
  }

  function open(): void {
    const resumeAfter = (lastEventId ??= option('lastEventId'))
    const current = generation
    const heard =
      <Args extends unknown[]>(callback: (...args: Args) => void) =>
      (...args: Args): void => {
        if (generation === current) callback(...args)
      }
    try {
      const opened = option('transport').open(
        {
          url,
          withCredentials: option('withCredentials'),
          lastEventId: resumeAfter,
          names: listeners.names(),
          mayRetry: option('retry') === undefined,
        },
        {
          open: heard(() => onOpen(resumeAfter)),
          event: heard(onEvent),
          drop: heard((error) => lose(error)),
          fail: heard(onFail),
        },
      )
      if (generation === current) attempt = opened
      else opened.close()
    } catch (cause) {
      onFail(toEventSourceError(cause, 'unsupported'), true)
    }
  }

  function onOpen(resumedAfter: string): void {
    openedAt = environment.now()
    dispatch({ type: 'open' })
    call('onOpen', {
      reconnected: lostAt > 0,
      downFor: lostAt && openedAt - lostAt,
      lastEventId: resumedAfter,
    })
  }

  function onEvent(event: ServerSentEvent): void {
    lastEventId = event.lastEventId
    if (callUser(option('until'), event)) end('done')
    else listeners.dispatch(event)
  }

  function onFail(error: EventSourceError, final?: boolean): void {
    stop()
    lose(error, (context) => !final && retryDelay(option('retry'), context, environment.random))
  }

  /** @param getDelay - says when the next attempt comes; left out: the transport makes it itself */
  function lose(
    error: EventSourceError,
    getDelay?: (context: RetryContext) => number | false,
  ): void {
    const now = environment.now()
    const retry = option('retry')
    const { resetAfter = 5_000 } = typeof retry === 'object' ? retry : {}
    failures = state === OPEN && now - openedAt >= resetAfter ? 1 : failures + 1
    error.attempt = failures
    let retryAt = null
    if (getDelay) {
      const delay = getDelay({ attempt: failures, error, lastEventId: lastEventId as string })
      if (delay === false) return end('failed', error)
      cancelRetry = environment.setTimer(() => begin('retry'), delay)
      retryAt = now + delay
    }
    dispatch({ type: 'lose', error, attempt: failures, retryAt })
    call('onError', error)
  }

  function end(reason: CloseReason, error: EventSourceError | null = null): void {
    stop()
    const before = state
    dispatch({ type: 'close', reason, error })
    if (error) call('onError', error)
    if (state !== before) call('onClose', { reason, error })
  }

  function stop(): void {
    generation++
    cancelRetry?.()
    attempt?.close()
    cancelRetry = attempt = undefined
  }

  function dispatch(event: ConnectionEvent): void {
    const before = state
    state = transition(state, event)
    if (before === OPEN && state !== OPEN) lostAt = environment.now()
    if (state !== before) onState()
  }
}
