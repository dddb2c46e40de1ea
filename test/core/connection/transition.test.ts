import fc from 'fast-check'
import { type ConnectionState, EventSourceError } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { CONNECTING, IDLE, OPEN, stateOf } from '../../../src/core/connection/state.ts'
import { type ConnectionEvent, transition } from '../../../src/core/connection/transition.ts'

const error = new EventSourceError('network', 'lost')
const another = new EventSourceError('http', 'refused', { status: 403 })

const states = {
  idle: IDLE,
  connecting: CONNECTING,
  open: OPEN,
  waiting: stateOf('reconnecting', { error, attempt: 2, retryAt: 7_000 }),
  retrying: stateOf('reconnecting', { error, attempt: 2, retryAt: null }),
  done: stateOf('closed', { reason: 'done' }),
  stopped: stateOf('closed', { reason: 'stopped' }),
  failed: stateOf('closed', { reason: 'failed', error }),
}

const events = {
  connect: { type: 'connect' },
  wait: { type: 'wait', retryAt: 5_000 },
  again: { type: 'wait', retryAt: 7_000 },
  retry: { type: 'wait', retryAt: null },
  open: { type: 'open' },
  lose: { type: 'lose', error: another, attempt: 3, retryAt: 9_000 },
  drop: { type: 'lose', error: another, attempt: 3, retryAt: null },
  finish: { type: 'close', reason: 'done', error: null },
  stop: { type: 'close', reason: 'stopped', error: null },
  fail: { type: 'close', reason: 'failed', error: another },
} satisfies Record<string, ConnectionEvent>

const opened = plain('open')
const connecting = plain('connecting')
const lost = { ...plain('reconnecting'), error: another, attempt: 3, retryAt: 9_000 }
const dropped = { ...lost, retryAt: null }
const finished = { ...plain('closed'), reason: 'done' }
const stopped = { ...plain('closed'), reason: 'stopped' }
const failed = { ...plain('closed'), reason: 'failed', error: another }
const underWay = { ...plain('reconnecting'), error, attempt: 2 }
const sooner = { ...underWay, retryAt: 5_000 }
const again = { ...underWay, retryAt: 7_000 }
const closing = { finish: finished, stop: stopped, fail: failed }
const losing = { lose: lost, drop: dropped }

/** The result of each event in each state. A pair that is missing leaves the state unchanged. */
const table: Record<keyof typeof states, Partial<Record<keyof typeof events, object>>> = {
  idle: { connect: connecting },
  connecting: { connect: connecting, open: opened, ...losing, ...closing },
  open: { connect: connecting, open: opened, ...losing, ...closing },
  waiting: {
    connect: connecting,
    wait: sooner,
    retry: underWay,
    open: opened,
    ...losing,
    ...closing,
  },
  retrying: {
    connect: connecting,
    wait: sooner,
    again,
    open: opened,
    ...losing,
    ...closing,
  },
  done: { connect: connecting },
  stopped: { connect: connecting },
  failed: { connect: connecting },
}

const cases = keysOf(states).flatMap((state) => keysOf(events).map((event) => ({ state, event })))
const changes = cases.filter(({ state, event }) => table[state][event])
const unchanged = cases.filter(({ state, event }) => !table[state][event])

describe('the transition table', () => {
  it.each(changes)('$state: $event changes the state', ({ state, event }) => {
    expect(transition(states[state], events[event])).toEqual(table[state][event])
  })

  it.each(unchanged)('$state: $event leaves the state unchanged', ({ state, event }) => {
    expect(transition(states[state], events[event])).toBe(states[state])
  })

  it('has one object for connecting and one for open, so that repeats are identical', () => {
    expect(transition(CONNECTING, events.connect)).toBe(CONNECTING)
    expect(transition(OPEN, events.open)).toBe(OPEN)
  })

  it('mutates no state', () => {
    for (const { state, event } of cases) {
      const before = { ...states[state] }
      transition(states[state], events[event])
      expect(states[state]).toEqual(before)
    }
  })
})

describe('any sequence of events', () => {
  const anyError = fc.constantFrom(error, another)
  const anyEvent: fc.Arbitrary<ConnectionEvent> = fc.oneof(
    fc.constantFrom<ConnectionEvent>(events.connect, events.open),
    fc.record({ type: fc.constant('wait' as const), retryAt: fc.option(fc.integer({ min: 0 })) }),
    fc.record({
      type: fc.constant('lose' as const),
      error: anyError,
      attempt: fc.integer({ min: 1, max: 99 }),
      retryAt: fc.option(fc.integer({ min: 0 })),
    }),
    fc.constantFrom<ConnectionEvent>(events.finish, events.stop),
    anyError.map((error) => ({ type: 'close' as const, reason: 'failed' as const, error })),
  )
  const anyState = fc.constantFrom(...Object.values(states))

  it('leads from any state to legal states only', () => {
    fc.assert(
      fc.property(anyState, fc.array(anyEvent), (start, sequence) => {
        let state = start
        for (const event of sequence) {
          state = transition(state, event)
          expectLegal(state)
        }
      }),
    )
  })

  it('applies a wait only to a reconnecting connection, and changes only its retryAt', () => {
    const waiting = fc.record({
      type: fc.constant('wait' as const),
      retryAt: fc.option(fc.integer({ min: 0 })),
    })
    fc.assert(
      fc.property(anyState, fc.array(anyEvent), waiting, (start, sequence, event) => {
        const before = sequence.reduce(transition, start)
        const after = transition(before, event)
        if (before.status !== 'reconnecting' || before.retryAt === event.retryAt)
          expect(after).toBe(before)
        else expect(after).toEqual({ ...before, retryAt: event.retryAt })
      }),
    )
  })

  it('leaves a closed connection closed, and an idle one idle, until connect', () => {
    const withoutConnect = fc.array(anyEvent.filter(({ type }) => type !== 'connect'))
    const atRest = fc.constantFrom(IDLE, states.done, states.stopped, states.failed)
    fc.assert(
      fc.property(atRest, withoutConnect, (start, sequence) => {
        expect(sequence.reduce(transition, start)).toBe(start)
        expect(transition(start, events.connect)).toBe(CONNECTING)
      }),
    )
  })
})

/** Checks a state against the public type, field by field. */
function expectLegal(state: ConnectionState): void {
  const fields = ['attempt', 'error', 'reason', 'retryAt', 'status']
  expect(Object.keys(state).sort()).toEqual(fields)
  const { status, attempt, retryAt, reason } = state
  if (status === 'reconnecting') {
    expect(attempt).toBeGreaterThanOrEqual(1)
    expect(retryAt === null || retryAt >= 0).toBe(true)
    expect(state.error).toBeInstanceOf(EventSourceError)
  } else {
    expect({ attempt, retryAt }).toEqual({ attempt: 0, retryAt: null })
    const hasFailed = status === 'closed' && reason === 'failed'
    expect(state.error instanceof EventSourceError).toBe(hasFailed)
  }
  const reasons = status === 'closed' ? ['done', 'stopped', 'failed'] : [null]
  expect(reasons).toContain(reason)
  expect(['idle', 'connecting', 'open', 'reconnecting', 'closed']).toContain(status)
}

function plain(status: string) {
  return { status, attempt: 0, retryAt: null, reason: null, error: null }
}

function keysOf<Key extends string>(record: Record<Key, unknown>): Key[] {
  return Object.keys(record) as Key[]
}
