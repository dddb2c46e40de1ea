import { callUser, type Cancel, type Environment } from '../environment.ts'
import { EventSourceError, toEventSourceError } from '../errors.ts'
import type { EventSourceOptions, ResolvedOptions } from '../options.ts'
import type { ServerSentEvent, TransportAttempt, TransportSink } from '../transport/transport.ts'
import { createEventIds } from './createEventIds.ts'
import { type RetryOptions, retryDelay } from './retry.ts'
import { setAlarm } from './setAlarm.ts'
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
  /** Waits by the options as they are now. */
  watch(): void
}

/**
 * All in one closure, and so in one long file: whatever ends an attempt, be it an event, a timer or a
 * call, ends its timers and mutes its sink as well, and most of what is below touches all of these.
 *
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
  /** Whether the attempt under way is not to be made again. */
  let isOnce: boolean | undefined
  /** When the clock was last read, and when there was a sign of life; in ms since the epoch. */
  let readAt = 0
  let heardAt = 0
  let cancelAlarm: Cancel | undefined
  let cancelWake: Cancel | undefined
  /** When the next attempt is made, and when it could be made; in ms since the epoch. */
  let nextAt = 0
  let nextFrom = 0
  /** How many attempts in a row have failed. */
  let failures = 0
  /** Whether it was closed for no other reason than their number. */
  let hasGivenUp = false
  const ids = createEventIds()
  /** Whether what is told now has arrived together: it is heard by the same options. */
  let isBatch = false
  let dedupe: ResolvedOptions['dedupe']
  let until: ResolvedOptions['until']
  /** The delay that the server has asked for. */
  let serverRetry: number | undefined
  /** When the stream last opened, and when it was last lost, in ms since the epoch; 0 for never. */
  let openedAt = 0
  let lostAt = 0

  return {
    getState: () => state,
    connect,
    close: () => end('stopped'),
    stop() {
      stop()
      cancelWake?.()
      cancelWake = undefined
      state = IDLE
    },
    listen: (name) => attempt?.listen(name),
    watch,
  }

  function connect(): void {
    cancelWake ??= environment.onWake(onWake)
    failures = 0
    begin({ type: 'connect' })
  }

  function begin(event: ConnectionEvent): void {
    stop()
    heardAt = now()
    const current = (sink = createSink())
    dispatch(event)
    // Who was told of it may have ended it again, or begun anew.
    if (sink !== current) return
    ids.begin(option('lastEventId'))
    const transport = option('transport')
    const mayRetry = option('retry') === undefined
    isOnce = mayRetry && transport.once
    const request = {
      url,
      withCredentials: option('withCredentials'),
      lastEventId: ids.last(),
      mayRetry,
      attempt: failures,
      error: state.error,
    }
    try {
      const opened = transport.open(request, current)
      if (sink !== current) return opened.close()
      attempt = opened
      for (const name of listeners.names()) opened.listen(name)
      watch()
    } catch (thrown) {
      if (sink === current) onFail(toEventSourceError(thrown, 'unsupported'), true)
    }
  }

  function createSink(): TransportSink {
    const heard =
      <Args extends unknown[]>(callback: (...args: Args) => void) =>
      (...args: Args): void => {
        if (sink !== current) return
        hear()
        callback(...args)
      }
    const current: TransportSink = {
      open: heard(onOpen),
      event(event) {
        if (sink !== current) return
        if (!isBatch) hear()
        if (ids.see(event, dedupe)) return
        if (until && callUser(until, event)) end('done')
        // Who was asked may have ended the attempt: it is heard no more.
        if (sink === current) listeners.dispatch(event)
      },
      batch(tell) {
        if (sink !== current) return
        hear()
        isBatch = true
        try {
          tell()
        } finally {
          isBatch = false
          // What is still of use of them is their last id: the rest shall not be kept for it.
          ids.last()
        }
      },
      id: heard(ids.move),
      alive: heard(() => {}),
      retry: heard((delay) => {
        serverRetry = delay
      }),
      drop: heard((error) => lose(error)),
      fail: heard(onFail),
      done: heard(onDone),
    }
    return current
  }

  function onOpen(): void {
    openedAt = now()
    dispatch({ type: 'open' })
    watch()
    call('onOpen', {
      reconnected: lostAt > 0,
      downFor: lostAt && openedAt - lostAt,
      lastEventId: ids.last(),
    })
  }

  /** There is a sign of life, and by these options what it brings is heard. */
  function hear(): void {
    heardAt = now()
    dedupe = option('dedupe')
    until = option('until')
  }

  function onDone(ended?: EventSourceError): void {
    if (!ended || (isOnce && !option('until'))) end('done')
    else onFail(ended)
  }

  function onFail(error: EventSourceError, final?: boolean): void {
    stop()
    lose(error, !(final || isOnce))
  }

  /** @param mayRetry - whether the policy is to be asked; left out: the transport retries by itself */
  function lose(error: EventSourceError, mayRetry?: boolean): void {
    const lossAt = now()
    const isOnline = environment.isOnline()
    const retry = option('retry')
    const { resetAfter = 5_000, attempts } = (retry || {}) as RetryOptions
    // While the network is off, a failure says nothing of the server.
    const count = failures + Number(isOnline || !failures)
    failures = state === OPEN && lossAt - openedAt >= resetAfter ? 1 : count
    error.attempt = failures
    let retryAt = null
    if (mayRetry !== undefined) {
      const context = {
        attempt: failures,
        error,
        lastEventId: ids.last(),
        hasOpened: openedAt > 0,
        serverRetry,
      }
      const delay = mayRetry && retryDelay(retry, context, environment.random)
      // The retry function may have ended it, or begun anew.
      if (sink || !isLive(state)) return
      if (delay === false) return end('failed', error, mayRetry && failures > (attempts as number))
      nextFrom = lossAt + Math.min(delay, error.retryAfter ?? 0)
      nextAt = lossAt + delay
      if (isOnline) retryAt = nextAt
    }
    dispatch({ type: 'lose', error, attempt: failures, retryAt })
    watch()
    call('onError', error)
  }

  /** @param isGivenUp - whether there were only too many attempts */
  function end(
    reason: CloseReason,
    error: EventSourceError | null = null,
    isGivenUp = false,
  ): void {
    stop()
    hasGivenUp = isGivenUp
    const isClosed = dispatch({ type: 'close', reason, error })
    if (error) call('onError', error)
    if (isClosed) call('onClose', { reason, error })
  }

  /** It is worth looking at once for what would else be waited for. */
  function onWake(isRestored: boolean): void {
    if (isRestored && sink && !isOnce)
      onFail(new EventSourceError('timeout', 'The page was put away'))
    if (hasGivenUp && environment.isOnline()) return connect()
    nextAt = Math.max(now(), nextFrom)
    watch()
  }

  /** Waits for what nobody tells: that the next attempt is due, or this one silent for too long. */
  function watch(): void {
    cancelAlarm?.()
    cancelAlarm = undefined
    if (sink) {
      cancelAlarm = setAlarm(environment, silentAt, onSilence)
    } else if (isLive(state)) {
      const isOnline = environment.isOnline()
      if (isOnline) cancelAlarm = setAlarm(environment, dueAt, onDue)
      dispatch({ type: 'wait', retryAt: isOnline ? nextAt : null })
    }
  }

  function dueAt(): number {
    now()
    return nextAt
  }

  function silentAt(): number {
    now()
    return heardAt + (patience() || Infinity)
  }

  function onDue(): void {
    if (environment.isOnline()) begin({ type: 'wait', retryAt: null })
    else watch()
  }

  function onSilence(): void {
    onFail(new EventSourceError('timeout', `Nothing came for ${patience()} ms`))
  }

  function patience(): number | false | undefined {
    return option(state === OPEN ? 'heartbeat' : 'connectTimeout')
  }

  /** In ms since the epoch. When the clock is set back, so is what was noted by it. */
  function now(): number {
    const at = environment.now()
    const back = readAt - at
    if (back > 0) {
      heardAt -= back
      nextAt -= back
      nextFrom -= back
    }
    return (readAt = at)
  }

  function stop(): void {
    const ended = attempt
    cancelAlarm?.()
    cancelAlarm = attempt = sink = undefined
    hasGivenUp = false
    ended?.close()
  }

  /** Returns whether the event has changed the state. */
  function dispatch(event: ConnectionEvent): boolean {
    const before = state
    state = transition(state, event)
    const isChanged = state !== before
    if (isChanged && before === OPEN) lostAt = now()
    if (isChanged) onState()
    return isChanged
  }
}
