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
  type Happening,
  type Hook,
  ID,
  type Reaction,
  type Saying,
  SAYINGS,
  type Step,
  WAKES,
} from './randomSteps.ts'
import { setupConnection } from './setupConnection.ts'

/**
 * A connection that lives through random steps. After each one it is checked that the state is a legal
 * one and tells the truth, that there is at most one attempt and one timer, and that nothing has opened
 * a closed connection but what may.
 *
 * @param reactions - what users' functions do, each once, the next time that one of its kind is called
 */
export function createLife(given: EventSourceOptions, reactions: readonly Reaction[] = []) {
  const left = [...reactions]
  const setup = setupConnection(given, (state) => {
    if (state.retryAt !== null) retryTimes.push({ retryAt: state.retryAt, now: clock.now() })
    react('state')
  })
  const { connection, clock, transport, options, states, log, received } = setup
  /** The attempts that were made once, by what held when they were made. */
  const once = new Set<ScriptedAttempt>()
  /** Each `retryAt` that was shown, and when. */
  const retryTimes: { retryAt: number; now: number }[] = []
  /** Whether `connect()` was called later than `stop()`. */
  let isConnected = false
  /** Whether it has given up, and may be woken; `undefined`: a reaction has blurred that. */
  let hasGivenUp: boolean | undefined = false
  /** Whether the connection was told of the network as it is. */
  let isTold = true
  let lastEventId = ''
  /** Whether the attempt under way has brought an id. */
  let hasId = false
  const wrongIds: string[] = []

  setup.onCall = react
  transport.whileOpening = (attempt) => {
    if (attempt.request.lastEventId !== lastEventId) wrongIds.push(attempt.request.lastEventId)
    hasId = false
    if (attempt.request.mayRetry && transport.once) once.add(attempt)
    react('opening', attempt)
  }
  wrapFunctions()

  return { setup, retryTimes, wrongIds, take, comeBack }

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
      const isWoken = hasGivenUp && is(next, WAKES) && clock.online
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
    if ('happen' in next) happen(next.happen)
    else if ('advance' in next) clock.advance(next.advance)
    else if ('jump' in next) clock.jump(next.jump)
    else if ('once' in next) transport.once = next.once
    else if ('give' in next) give(next.give)
    else if ('late' in next) sayLate(next.say, next.n, next.late)
    else {
      const [live] = transport.live()
      if (live) speak(live, next.say, next.n)
    }
  }

  function happen(what: Happening): void {
    isConnected = what === 'connect' || (isConnected && what !== 'dispose')
    if (what === 'lose the network without a word') {
      isTold &&= !clock.online
      clock.online = false
    } else if (
      what === 'connect' ||
      what === 'close' ||
      what === 'dispose' ||
      what === 'rearmTimer'
    ) {
      connection[what]()
    } else {
      if (what === 'online' || what === 'offline') clock.online = what === 'online'
      isTold = true
      clock.wake(what === 'restore')
    }
  }

  function give(changed: Partial<EventSourceOptions>): void {
    Object.assign(options, changed)
    wrapFunctions()
  }

  function speak(attempt: ScriptedAttempt, say: Saying, n: number): void {
    const id = ID[n % ID.length] as string
    const isEvent = say === 'event' || say === 'last'
    // A new attempt that has brought no id takes none back by an event without one.
    if (say === 'id' || (isEvent && (hasId || id))) {
      hasId ||= !!id
      lastEventId = id
    }
    SAYINGS[say](attempt, n)
  }

  function sayLate(say: Saying, n: number, which: number): void {
    const over = transport.attempts.filter(({ isClosed }) => isClosed)
    const attempt = over[which % over.length]
    if (!attempt) return
    const world = () => [states, log, received, transport.attempts].map(({ length }) => length)
    const before = [connection.getState(), clock.pending(), ...world()]
    SAYINGS[say](attempt, n)
    expect([connection.getState(), clock.pending(), ...world()]).toEqual(before)
  }

  /** Has the next reaction of this kind happen, if there is one. */
  function react(hook: Hook, attempt?: ScriptedAttempt): void {
    const index = left.findIndex(({ at }) => at === hook)
    const [reaction] = index < 0 ? [] : left.splice(index, 1)
    if (!reaction) return
    if ('happen' in reaction) return happen(reaction.happen)
    if (reaction.say !== 'throw') return attempt && speak(attempt, reaction.say, 1)
    attempt?.close()
    throw new Error('no')
  }

  /** The users' functions react too. */
  function wrapFunctions(): void {
    const { until, retry } = options
    options.until = until && hooked(until, 'until')
    if (typeof retry === 'function') options.retry = hooked(retry, 'retry')
  }

  function hooked<Args extends unknown[], Result>(
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
      if (isTold) expect(retryAt === null).toBe(!clock.online)
    }
  }

  /** With a network and a server that answers it is open before long, unless it is closed. */
  function comeBack(): void {
    const isDeaf =
      !isConnected || (connection.getState().status === 'closed' && hasGivenUp !== true)
    const before = connection.getState()
    states.length = left.length = 0
    happen('online')
    if (isDeaf) {
      clock.advance(100_000)
      if (hasGivenUp === false) expect(connection.getState()).toBe(before)
      return
    }
    transport.whileOpening = (attempt) => attempt.open()
    for (const attempt of transport.live()) if (connection.getState() !== OPEN) attempt.open()
    // The longest delay of the policy, the longest that a server asks for here, and a nap or two,
    // which each time that the clock was set back may have cost.
    if (connection.getState() !== OPEN) clock.advance(60_000)
    expect([connection.getState(), ...states]).toContain(OPEN)
  }
}

function is(step: Step, names: readonly string[]): boolean {
  return (
    ('happen' in step && names.includes(step.happen)) || ('say' in step && names.includes(step.say))
  )
}

/** What the public type says of a state, field by field. */
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
