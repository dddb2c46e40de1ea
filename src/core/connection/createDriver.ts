import { callUser, type Cancel, type Environment } from '../environment.ts'
import { type EventSourceError, toEventSourceError } from '../errors.ts'
import type { EventSourceOptions, ResolvedOptions } from '../options.ts'
import type { ServerSentEvent, TransportAttempt, TransportSink } from '../transport/transport.ts'
import { type RetryContext, type RetryOptions, retryDelay } from './retry.ts'
import { type CloseReason, type ConnectionState, IDLE, isLive, OPEN } from './state.ts'
import { type ConnectionEvent, transition } from './transition.ts'

export type CallbackName = 'onOpen' | 'onError' | 'onClose'
export type CallbackArgument<Name extends CallbackName> = Parameters<
  NonNullable<EventSourceOptions[Name]>
>[0]

/** The events that are listened to now, and where they go. */
export interface Listeners {
  names(): readonly string[]
  dispatch(event: ServerSentEvent): void
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

/**
 * @param option - says an option as it is now
 * @param onState - the state has changed
 * @param call - calls the users' callbacks of a name
 */
export function createDriver(
  url: string,
  environment: Environment,
  option: <Name extends keyof ResolvedOptions>(name: Name) => ResolvedOptions[Name],
  listeners: Listeners,
  onState: () => void,
  call: <Name extends CallbackName>(name: Name, argument: CallbackArgument<Name>) => void,
): Driver {
  let state = IDLE
  let attempt: TransportAttempt | undefined
  /** That of the attempt under way: what an earlier one still says is not heard. */
  let sink: TransportSink | undefined
  let cancelRetry: Cancel | undefined
  /** How many attempts in a row have failed. */
  let failures = 0
  /** Where the next attempt resumes; `undefined` until the first one has asked the options. */
  let lastEventId: string | undefined
  /** The first id that the attempt under way has brought. */
  let firstId = ''
  /** When the stream last opened, and when it was last lost, in ms since the epoch; 0 for never. */
  let openedAt = 0
  let lostAt = 0

  return {
    getState: () => state,
    connect() {
      failures = 0
      begin('connect')
    },
    close: () => end('stopped'),
    stop() {
      stop()
      state = IDLE
    },
    listen: (name) => attempt?.listen(name),
  }

  function begin(type: 'connect' | 'retry'): void {
    stop()
    dispatch({ type })
    if (isOver()) return
    lastEventId ??= option('lastEventId')
    const request = {
      url,
      withCredentials: option('withCredentials'),
      lastEventId,
      mayRetry: option('retry') === undefined,
    }
    const heard =
      <Args extends unknown[]>(callback: (...args: Args) => void) =>
      (...args: Args): void => {
        if (sink === current) callback(...args)
      }
    const current = {
      open: heard(onOpen),
      event: heard(onEvent),
      drop: heard((error: EventSourceError) => lose(error)),
      fail: heard(onFail),
    }
    sink = current
    firstId = ''
    try {
      const opened = option('transport').open(request, current)
      if (sink !== current) return opened.close()
      attempt = opened
      for (const name of listeners.names()) opened.listen(name)
    } catch (thrown) {
      onFail(toEventSourceError(thrown, 'unsupported'), true)
    }
  }

  function onOpen(): void {
    openedAt = environment.now()
    dispatch({ type: 'open' })
    call('onOpen', {
      reconnected: lostAt > 0,
      downFor: lostAt && openedAt - lostAt,
      lastEventId: lastEventId as string,
    })
  }

  function onEvent(event: ServerSentEvent): void {
    // Before the first id that it is sent, a new `EventSource` knows none; that takes none back.
    firstId ||= event.lastEventId
    if (firstId) lastEventId = event.lastEventId
    if (callUser(option('until'), event)) end('done')
    else if (sink) listeners.dispatch(event)
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
    const { resetAfter = 5_000 } = (option('retry') || {}) as RetryOptions
    failures = state === OPEN && now - openedAt >= resetAfter ? 1 : failures + 1
    error.attempt = failures
    let retryAt = null
    if (getDelay) {
      const delay = getDelay({ attempt: failures, error, lastEventId: lastEventId as string })
      if (isOver()) return
      if (delay === false) return end('failed', error)
      cancelRetry = environment.setTimer(() => begin('retry'), delay)
      retryAt = now + delay
    }
    dispatch({ type: 'lose', error, attempt: failures, retryAt })
    call('onError', error)
  }

  function end(reason: CloseReason, error: EventSourceError | null = null): void {
    stop()
    const isClosed = dispatch({ type: 'close', reason, error })
    if (error) call('onError', error)
    if (isClosed) call('onClose', { reason, error })
  }

  /** Whether what was under way is not any more: a user's function may have ended it, or begun anew. */
  function isOver(): unknown {
    return sink || !isLive(state)
  }

  function stop(): void {
    cancelRetry?.()
    attempt?.close()
    cancelRetry = attempt = sink = undefined
  }

  /** Returns whether the event has changed the state. */
  function dispatch(event: ConnectionEvent): boolean {
    const before = state
    state = transition(state, event)
    const isChanged = state !== before
    if (isChanged && before === OPEN) lostAt = environment.now()
    if (isChanged) onState()
    return isChanged
  }
}
