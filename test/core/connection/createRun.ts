import {
  type ConnectionState,
  EventSourceError,
  type EventSourceOptions,
  type RetryOptions,
} from 'use-event-source/core'
import { expect } from 'vitest'
import { IDLE, OPEN } from '../../../src/core/connection/state.ts'
import type { ScriptedAttempt } from '../../support/scriptedTransport.ts'
import {
  FINAL,
  type Action,
  type Hook,
  ID,
  type Reaction,
  type Report,
  REPORTS,
  type Step,
  WAKES,
} from './randomSteps.ts'
import { setupConnection } from './setupConnection.ts'

/**
 * Creates a connection that takes random steps. After each step, checks that the state is legal and
 * matches the attempts and timers, that there is at most one of either, and that a closed
 * connection opens only when it may.
 *
 * @param reactions - actions for users' functions, each taken once, at the next call of its hook
 */
export function createRun(given: EventSourceOptions, reactions: readonly Reaction[] = []) {
  const left = [...reactions]
  const setup = setupConnection(given, (state) => {
    if (state.retryAt !== null) retryTimes.push({ retryAt: state.retryAt, now: clock.now() })
    react('state')
  })
  const { connection, clock, transport, options, states, log, received } = setup
  /** The attempts that were once-only when they were made. */
  const once = new Set<ScriptedAttempt>()
  /** Each `retryAt` that was published, and the time then. */
  const retryTimes: { retryAt: number; now: number }[] = []
  /** Whether `connect()` was called since the last `dispose()`. */
  let isConnected = false
  /** Whether a wake may reopen the connection; `undefined`: unknown, because of a reaction. */
  let hasGivenUp: boolean | undefined = false
  /** Whether the connection has been notified of the current network state. */
  let isNotified = true
  let lastEventId = ''
  /** Whether the current attempt has received an id. */
  let hasId = false
  let recentIds: string[] = []
  const wrongIds: string[] = []

  setup.onCall = react
  transport.whileOpening = (attempt) => {
    if (attempt.request.lastEventId !== lastEventId) wrongIds.push(attempt.request.lastEventId)
    hasId = false
    if (attempt.request.mayRetry && transport.once) once.add(attempt)
    react('opening', attempt)
  }
  wrapFunctions()

  return { setup, retryTimes, wrongIds, take, expectRecovery }

  function take(next: Step): void {
    const before = connection.getState()
    const count = transport.attempts.length
    const reactionsLeft = left.length
    const [live] = transport.live()
    const wasOnce = live && once.has(live)
    perform(next)
    check()
    const state = connection.getState()
    const hasReacted = left.length < reactionsLeft
    if (before.status === 'closed' && !hasReacted && !is(next, ['connect', 'dispose'])) {
      const isWoken = hasGivenUp && is(next, WAKES) && clock.online && !transport.once
      if (isWoken) expect(transport.attempts.length).toBe(count + 1)
      else if (hasGivenUp !== undefined) expect(state).toBe(before)
    }
    if (hasReacted) hasGivenUp = undefined
    else if (state.status !== 'closed' || is(next, ['close'])) hasGivenUp = false
    else if (state !== before) {
      const { maxAttempts = Number.POSITIVE_INFINITY } = Object(options.retry) as RetryOptions
      const isTooOften = (state.error?.attempt ?? 0) > maxAttempts
      hasGivenUp = state.reason === 'failed' && isTooOften && !is(next, FINAL) && !wasOnce
    }
  }

  function perform(next: Step): void {
    if ('action' in next) act(next.action)
    else if ('advance' in next) clock.advance(next.advance)
    else if ('jump' in next) clock.jump(next.jump)
    else if ('once' in next) transport.once = next.once
    else if ('set' in next) setOptions(next.set)
    else if ('late' in next) sendLate(next.report, next.n, next.late)
    else {
      const [live] = transport.live()
      if (live) send(live, next.report, next.n)
    }
  }

  function act(action: Action): void {
    isConnected = action === 'connect' || (isConnected && action !== 'dispose')
    if (action === 'go offline silently') {
      isNotified &&= !clock.online
      clock.online = false
    } else if (
      action === 'connect' ||
      action === 'close' ||
      action === 'dispose' ||
      action === 'resetTimer'
    ) {
      connection[action]()
    } else {
      if (action === 'online' || action === 'offline') clock.online = action === 'online'
      isNotified = true
      clock.wake(action === 'restore')
    }
  }

  function setOptions(changed: Partial<EventSourceOptions>): void {
    Object.assign(options, changed)
    wrapFunctions()
  }

  function send(attempt: ScriptedAttempt, report: Report, n: number): void {
    const id = ID[n % ID.length] as string
    const isEvent = report === 'event' || report === 'last'
    // An event without an id resets the last id only after the attempt has received one.
    const isNew = report === 'id' || (isEvent && !isRepeat(id))
    if (isNew && (report === 'id' || hasId || id)) {
      hasId ||= !!id
      lastEventId = id
    }
    REPORTS[report](attempt, n)
  }

  /** Whether an event with this id would be dropped. If not, remembers the id. */
  function isRepeat(id: string): boolean {
    const { dedupe = 0 } = options
    recentIds = dedupe ? recentIds.slice(-dedupe) : []
    if (recentIds.includes(id)) return true
    if (id && dedupe) recentIds.push(id)
    return false
  }

  function sendLate(report: Report, n: number, which: number): void {
    const ended = transport.attempts.filter(({ isClosed }) => isClosed)
    const attempt = ended[which % ended.length]
    if (!attempt) return
    const world = () => [states, log, received, transport.attempts].map(({ length }) => length)
    const before = [connection.getState(), clock.pending(), ...world()]
    REPORTS[report](attempt, n)
    expect([connection.getState(), clock.pending(), ...world()]).toEqual(before)
  }

  /** Takes the next reaction for this hook, if there is one. */
  function react(hook: Hook, attempt?: ScriptedAttempt): void {
    const index = left.findIndex(({ at }) => at === hook)
    const [reaction] = index < 0 ? [] : left.splice(index, 1)
    if (!reaction) return
    if ('action' in reaction) return act(reaction.action)
    if (reaction.report !== 'throw') return attempt && send(attempt, reaction.report, 1)
    attempt?.close()
    throw new Error('no')
  }

  /** Wraps the users' functions in the options so that they react too. */
  function wrapFunctions(): void {
    const { until, retry } = options
    options.until = until && withReaction(until, 'until')
    if (typeof retry === 'function') options.retry = withReaction(retry, 'retry')
  }

  function withReaction<Args extends unknown[], Result>(
    callback: (...args: Args) => Result,
    hook: Hook,
  ): (...args: Args) => Result {
    return (...args) => {
      react(hook)
      return callback(...args)
    }
  }

  function check(): void {
    const state = connection.getState()
    const live = transport.live().length
    const pending = clock.pending()
    expectLegal(state)
    expect(live).toBeLessThanOrEqual(1)
    expect(pending).toBeLessThanOrEqual(1)
    expect(clock.wakers()).toBe(Number(isConnected))
    if (!isConnected) expect(state).toBe(IDLE)
    const { status, retryAt } = state
    if (status === 'open' || status === 'connecting') expect(live).toBe(1)
    else if (status !== 'reconnecting') expect([live, pending]).toEqual([0, 0])
    else if (live) expect(retryAt).toBe(null)
    else {
      expect(pending).toBe(Number(retryAt !== null))
      if (isNotified) expect(retryAt === null).toBe(!clock.online)
    }
  }

  /** Brings the network and the server up, and expects the connection to open if it may. */
  function expectRecovery(): void {
    const staysClosed =
      !isConnected ||
      (connection.getState().status === 'closed' && (hasGivenUp !== true || transport.once))
    const before = connection.getState()
    states.length = left.length = 0
    act('online')
    if (staysClosed) {
      clock.advance(100_000)
      if (hasGivenUp === false) expect(connection.getState()).toBe(before)
      return
    }
    transport.whileOpening = (attempt) => attempt.open()
    for (const attempt of transport.live()) if (connection.getState() !== OPEN) attempt.open()
    // The longest delay of the policy, the longest Retry-After in these runs, and a few clock
    // checks. Each time that the clock is set back can cost one check.
    if (connection.getState() !== OPEN) clock.advance(60_000)
    expect([connection.getState(), ...states]).toContain(OPEN)
  }
}

function is(step: Step, names: readonly string[]): boolean {
  return (
    ('action' in step && names.includes(step.action)) ||
    ('report' in step && names.includes(step.report))
  )
}

/** Checks a state against the public type, field by field. */
function expectLegal(state: ConnectionState): void {
  const { status, attempt, retryAt, reason, error } = state
  const isWaiting = status === 'reconnecting'
  const hasFailed = status === 'closed' && reason === 'failed'
  expect(Object.keys(state)).toHaveLength(5)
  expect(error instanceof EventSourceError ? error : null).toBe(error)
  expect(error !== null).toBe(isWaiting || hasFailed)
  expect(isWaiting ? attempt >= 1 : attempt === 0).toBe(true)
  expect(isWaiting || retryAt === null).toBe(true)
  expect(status === 'closed' ? ['done', 'stopped', 'failed'] : [null]).toContain(reason)
}
