import { callUser, type Cancel } from '../environment.ts'
import { EventSourceError, toEventSourceError } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import type { StreamContext } from '../streamContext.ts'
import type { ServerSentEvent, TransportAttempt, TransportSink } from '../transport/transport.ts'
import { createEventIds } from './createEventIds.ts'
import { decideRetry, type RetryOptions } from './retry.ts'
import { type CloseReason, type ConnectionState, IDLE, isLive, OPEN } from './state.ts'
import { type ConnectionEvent, transition } from './transition.ts'

/** The shortest time between attempts in the long run, in ms, unless a retry function decides. */
const MIN_INTERVAL = 250

/** The longest time between checks of the clock, in ms. */
const CLOCK_CHECK_INTERVAL = 5_000

/** How far attempts may run ahead of `MIN_INTERVAL`, in ms: four may follow each other at once. */
const MAX_BURST = 3 * MIN_INTERVAL

/** The connection to one stream: makes the attempts, and reconnects after a loss. */
export interface StreamConnection {
  getState(): ConnectionState
  /** Opens the stream at once, after the last event id, whatever its state. */
  connect(): void
  /** Closes the connection until `connect()`. */
  close(): void
  /** Ends everything in progress, without a callback. The state is `'idle'` afterwards. */
  dispose(): void
  /** Adds an event name to listen to. */
  listen(name: string): void
  /** Restarts the timer. Call it when `connectTimeout` or `heartbeat` has changed. */
  resetTimer(): void
}

/**
 * Creates the connection to one stream, the owner of its timer and its I/O. This is one closure, and so
 * one long file, because an event, a timer or a call can end an attempt, and each has to stop the timer
 * and silence the sink.
 *
 * @param channels - the names of the events to listen to, and the receiver of the events
 */
export function createStreamConnection(
  { url, environment, option, publish, callUsers }: StreamContext,
  channels: {
    names(): readonly string[]
    dispatch(event: ServerSentEvent): void
    /** Discards all kept values. */
    reset(): void
  },
): StreamConnection {
  const ids = createEventIds()
  let state = IDLE
  let attempt: TransportAttempt | undefined
  /** The current attempt's sink. Calls from an earlier attempt are ignored. */
  let sink: TransportSink | undefined
  /** Whether the current attempt must not be repeated. */
  let isOnce: boolean | undefined
  /** Whether the current attempt has brought an event. */
  let hasEvent = false
  let cancelTimer: Cancel | undefined
  let cancelWake: Cancel | undefined
  /** How many attempts in a row have failed. */
  let failures = 0
  /** Whether the connection closed only because `maxAttempts` was reached. */
  let isExhausted = false
  /** The delay of the server's last `retry:` field. */
  let serverRetry: number | undefined

  /** True while one chunk is dispatched. Its events share the options read at its start. */
  let isInBatch = false
  let dedupe: ResolvedOptions['dedupe']
  let until: ResolvedOptions['until']

  /** The total by which the clock has been set back, in ms. */
  let setBackBy = 0

  // Moments on the clock of `now()`, in ms, which is never set back.
  let clockReadAt = 0
  let lastActivityAt = 0
  let reconnectAt = 0
  /** A wake may reconnect sooner than `reconnectAt`, but not before the server's `Retry-After`. */
  let earliestReconnectAt = 0
  /** Grows by `MIN_INTERVAL` with each attempt, and limits how many follow each other at once. */
  let paidUntil = -Infinity
  /** When the state last became and last ceased to be open; 0 for never. */
  let openedAt = 0
  let lostAt = 0

  return {
    getState: () => state,
    connect,
    close: () => close('stopped'),
    dispose() {
      endAttempt()
      cancelWake?.()
      cancelWake = undefined
      state = IDLE
    },
    listen: (name) => attempt?.listen(name),
    resetTimer,
  }

  function connect(): void {
    cancelWake ??= environment.onWake(onWake)
    failures = 0
    openAttempt({ type: 'connect' })
  }

  function openAttempt(event: ConnectionEvent): void {
    endAttempt()
    lastActivityAt = now()
    hasEvent = false
    paidUntil = Math.max(paidUntil, lastActivityAt) + MIN_INTERVAL
    const current = (sink = createSink())
    apply(event)
    // A listener may have closed the connection, or started another attempt.
    if (sink !== current) return
    ids.startAttempt(option('lastEventId'))
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
      for (const name of channels.names()) opened.listen(name)
      resetTimer()
    } catch (thrown) {
      if (sink === current) onFailed(toEventSourceError(thrown, 'unsupported'), true)
    }
  }

  function createSink(): TransportSink {
    const whileCurrent =
      <Args extends unknown[]>(handle: (...args: Args) => void, isLoss?: boolean) =>
      (...args: Args): void => {
        const calledAt = lastActivityAt
        const handleIfCurrent = (): void => {
          if (sink !== current || lastActivityAt !== calledAt) return
          noteActivity()
          handle(...args)
        }
        // A page that is being left loses its streams first. If it stays, the loss is handled later, unless
        // the browser has reconnected.
        const delay = isLoss && environment.leavingFor()
        if (delay) environment.setTimer(handleIfCurrent, delay)
        else handleIfCurrent()
      }
    const current: TransportSink = {
      open: whileCurrent(onOpen),
      event(event) {
        if (sink !== current) return
        if (!isInBatch) noteActivity()
        hasEvent = true
        if (!ids.accept(event, dedupe)) return
        if (until && callUser(until, event)) close('done')
        // `until` may also have closed the connection, or started another attempt.
        if (sink === current) channels.dispatch(event)
      },
      batch(report) {
        if (sink !== current) return
        noteActivity()
        isInBatch = true
        try {
          report()
        } finally {
          isInBatch = false
          // Reads the last id, so that the event it belongs to can be freed.
          ids.last()
        }
      },
      id: whileCurrent(ids.set),
      alive: whileCurrent(() => {}),
      retry: whileCurrent((delay) => {
        serverRetry = delay
      }),
      drop: whileCurrent(onDropped, true),
      fail: whileCurrent(onFailed, true),
      end: whileCurrent((error) => {
        if (isOnce && !option('until')) return close('done')
        // The stream worked, so its end counts as the first failure.
        if (hasEvent) failures = 0
        onFailed(error)
      }, true),
      done: whileCurrent(() => close('done')),
    }
    return current
  }

  function onOpen(): void {
    const reconnected = openedAt > 0
    // The answer to a repeated request, which begins from the start.
    if (reconnected && option('transport').once && !ids.last()) channels.reset()
    openedAt = now()
    ids.startResponse()
    apply({ type: 'open' })
    // A listener may have closed the connection, or started another attempt.
    if (state !== OPEN) return
    resetTimer()
    callUsers('onOpen', {
      reconnected,
      downFor: lostAt && openedAt - lostAt,
      lastEventId: ids.last(),
    })
  }

  function noteActivity(): void {
    lastActivityAt = now()
    dedupe = option('dedupe')
    until = option('until')
  }

  /** The transport lost the stream, and reconnects by itself. */
  function onDropped(error: EventSourceError): void {
    noteFailure(error)
    // The browser pauses for as long as the server asks, so no timeout runs.
    lastActivityAt = Infinity
    enterReconnecting(error, null)
  }

  function onFailed(error: EventSourceError, isFinal?: boolean): void {
    endAttempt()
    const failedAt = noteFailure(error)
    const context = {
      attempt: failures,
      error,
      lastEventId: ids.last(),
      hasOpened: openedAt > 0,
      serverRetry,
    }
    const decision =
      isFinal || isOnce ? 'never' : decideRetry(option('retry'), context, environment.random)
    // A retry function may have closed the connection, or started another attempt.
    if (sink || !isLive(state)) return
    if (typeof decision === 'string') close('failed', error, decision === 'exhausted')
    else scheduleReconnect(error, failedAt, decision)
  }

  /** Returns when the failure happened. */
  function noteFailure(error: EventSourceError): number {
    const failedAt = now()
    const { resetAfter = 5_000 } = Object(option('retry')) as RetryOptions
    if (state === OPEN && failedAt - openedAt >= resetAfter) failures = 0
    // Without a network, a failure says nothing about the server: only the first one counts.
    if (isOnline() || !failures) failures++
    error.attempt = failures
    return failedAt
  }

  function scheduleReconnect(error: EventSourceError, failedAt: number, delay: number): void {
    const floor = typeof option('retry') === 'function' ? -Infinity : paidUntil - MAX_BURST
    earliestReconnectAt = Math.max(floor, failedAt + Math.min(delay, error.retryAfter ?? 0))
    reconnectAt = Math.max(failedAt + delay, earliestReconnectAt)
    enterReconnecting(error, retryAt())
  }

  /** Changes the state, arms the timer and reports the error. */
  function enterReconnecting(error: EventSourceError, at: number | null): void {
    apply({ type: 'lose', error, attempt: failures, retryAt: at })
    // A listener may have closed the connection, or started another attempt.
    if (state.error !== error) return
    resetTimer()
    callUsers('onError', error)
  }

  function close(
    reason: CloseReason,
    error: EventSourceError | null = null,
    hasExhaustedAttempts = false,
  ): void {
    endAttempt()
    isExhausted = hasExhaustedAttempts
    const isClosed = apply({ type: 'close', reason, error })
    if (error) callUsers('onError', error)
    if (isClosed) callUsers('onClose', { reason, error })
  }

  /** Does now what the timer would do later. */
  function onWake(isRestored: boolean): void {
    if (isRestored && sink && !isOnce)
      onFailed(new EventSourceError('timeout', 'The page was restored'))
    if (isExhausted && isOnline() && !option('transport').once) return connect()
    reconnectAt = Math.max(now(), earliestReconnectAt)
    resetTimer()
  }

  /**
   * Arms the one timer: for the next attempt, or for silence on the current one. Timers stop while a
   * computer sleeps, so the timer checks the clock every few seconds. Activity postpones the deadline
   * without a new timer.
   */
  function resetTimer(): void {
    cancelTimer?.()
    const wait = timeLeft()
    const isNeeded = wait < Infinity && (sink || (isLive(state) && isOnline()))
    cancelTimer = isNeeded
      ? environment.setTimer(onTimer, Math.min(wait, CLOCK_CHECK_INTERVAL))
      : undefined
    if (!sink) apply({ type: 'wait', retryAt: retryAt() })
  }

  function onTimer(): void {
    if (timeLeft() > 0 || !(sink || isOnline())) resetTimer()
    else if (sink) {
      const hint = state === OPEN ? '' : '. Over HTTP/1.1, a browser opens only 6 connections'
      onFailed(new EventSourceError('timeout', `Nothing came for ${silenceLimit()} ms${hint}`))
    } else openAttempt({ type: 'wait', retryAt: null })
  }

  /** Returns the time until the current attempt times out, or until the next one, in ms. */
  function timeLeft(): number {
    return (sink ? lastActivityAt + (silenceLimit() || Infinity) : reconnectAt) - now()
  }

  function retryAt(): number | null {
    return isOnline() ? reconnectAt - setBackBy : null
  }

  function isOnline(): boolean {
    return environment.isOnline(url)
  }

  function silenceLimit(): number | false | undefined {
    return option(state === OPEN ? 'heartbeat' : 'connectTimeout')
  }

  /** Reads the clock. If the clock was set back, continues from the last reading. */
  function now(): number {
    const time = environment.now() + setBackBy
    setBackBy += Math.max(0, clockReadAt - time)
    return (clockReadAt = Math.max(clockReadAt, time))
  }

  function endAttempt(): void {
    const ended = attempt
    cancelTimer?.()
    cancelTimer = attempt = sink = undefined
    isExhausted = false
    ended?.close()
  }

  /** Returns whether the event has changed the state. */
  function apply(event: ConnectionEvent): boolean {
    const before = state
    state = transition(state, event)
    const isChanged = state !== before
    if (isChanged && before === OPEN) lostAt = now()
    if (isChanged) publish()
    return isChanged
  }
}
