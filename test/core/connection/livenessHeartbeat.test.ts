import { EventSourceError, type EventSourceOptions } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { OPEN } from '../../../src/core/connection/state.ts'
import type { ScriptedAttempt } from '../../support/scriptedTransport.ts'
import { setupStream, timeToNextAttempt } from './setupStream.ts'

const HEARTBEAT = 15_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const CHECK = 5_000
const AT_ONCE = { initialDelay: 0, factor: 1, jitter: false }

const signsOfLife: Record<string, (attempt: ScriptedAttempt) => void> = {
  event: (attempt) => attempt.emit('tick'),
  'event without a listener': (attempt) => attempt.emit('other'),
  'last event id': ({ sink }) => sink.id('7'),
  comment: ({ sink }) => sink.alive(),
  'retry field': ({ sink }) => sink.retry(1_000),
}

describe('heartbeat', () => {
  it.each([0, 0.25, 0.5, 0.75, 0.999])(
    'replaces a stalled attempt after 15 to 16 s, with a random number of %s',
    (random) => {
      const setup = setupStream({ heartbeat: HEARTBEAT })
      setup.clock.luck = random
      const first = setup.open()
      first.emit('tick', '', '7')
      const silence = timeToNextAttempt(setup)
      expect(silence).toBeGreaterThanOrEqual(HEARTBEAT)
      expect(silence).toBeLessThan(HEARTBEAT + 1_000)
      expect(first.isClosed).toBe(true)
      expect(setup.transport.live()).toHaveLength(1)
      expect(setup.transport.latest().request.lastEventId).toBe('7')
    },
  )

  it('reports an error of type "timeout", which counts like any other loss', () => {
    const { connection, clock, open, log } = setupStream({ heartbeat: HEARTBEAT })
    open()
    clock.advance(HEARTBEAT - 1)
    expect(connection.getState()).toBe(OPEN)
    clock.advance(1)
    const { error } = connection.getState()
    expect(connection.getState()).toMatchObject({
      status: 'reconnecting',
      attempt: 1,
      retryAt: clock.now() + 500,
    })
    expect(error).toBeInstanceOf(EventSourceError)
    expect(error).toMatchObject({ type: 'timeout', message: 'Nothing came for 15000 ms' })
    expect(log.at(-1)).toEqual(['onError', error])
  })

  it('leaves a stream alone that sends a comment every 10 s, for an hour', () => {
    const { connection, clock, transport, open, log, states } = setupStream({
      heartbeat: HEARTBEAT,
    })
    const attempt = open()
    const before = [log.length, states.length]
    for (let passed = 0; passed < HOUR; passed += 10_000) {
      clock.advance(10_000)
      attempt.sink.alive()
    }
    expect(connection.getState()).toBe(OPEN)
    expect(transport.attempts).toHaveLength(1)
    expect([log.length, states.length]).toEqual(before)
  })

  it.each(Object.entries(signsOfLife))('restarts at each %s', (_, send) => {
    const { connection, clock, open } = setupStream({ heartbeat: HEARTBEAT })
    const attempt = open()
    for (let i = 0; i < 9; i++) {
      clock.advance(HEARTBEAT - 1)
      send(attempt)
    }
    clock.advance(HEARTBEAT - 1)
    expect(connection.getState()).toBe(OPEN)
    clock.advance(1)
    expect(connection.getState().status).toBe('reconnecting')
  })

  it('starts when the server answers, for each attempt', () => {
    const { connection, clock, transport, open } = setupStream({
      heartbeat: HEARTBEAT,
      retry: AT_ONCE,
    })
    open()
    for (let i = 0; i < 3; i++) {
      clock.advance(HEARTBEAT + 1)
      expect(connection.getState()).toMatchObject({ status: 'reconnecting', retryAt: null })
      clock.advance(HEARTBEAT * 2)
      expect(transport.live()).toHaveLength(1)
      transport.latest().open()
      expect(transport.attempts).toHaveLength(i + 2)
    }
    clock.advance(HEARTBEAT - 1)
    expect(connection.getState()).toBe(OPEN)
  })

  it.each([undefined, false, 0] as const)(
    'is off with %s: no timer, and no timeout',
    (heartbeat) => {
      const { connection, clock, transport, open } = setupStream({ heartbeat })
      open()
      expect(clock.pending()).toBe(0)
      clock.advance(DAY)
      expect(connection.getState()).toBe(OPEN)
      expect(transport.attempts).toHaveLength(1)
    },
  )

  it('applies when it is set on an open connection', () => {
    const { connection, clock, options, open } = setupStream()
    open()
    clock.advance(HEARTBEAT - 1)
    options.heartbeat = HEARTBEAT
    connection.resetTimer()
    expect(connection.getState()).toBe(OPEN)
    clock.advance(1)
    expect(connection.getState().error).toMatchObject({ type: 'timeout' })
  })

  it('follows a change of the option: at once when longer, within 5 s when shorter', () => {
    const { connection, clock, options, open } = setupStream({ heartbeat: HEARTBEAT })
    open()
    clock.advance(HEARTBEAT - 1)
    options.heartbeat = 2 * HEARTBEAT
    clock.advance(HEARTBEAT)
    expect(connection.getState()).toBe(OPEN)
    clock.advance(1)
    expect(connection.getState().status).toBe('reconnecting')

    const other = setupStream({ heartbeat: HOUR })
    other.open()
    other.clock.advance(1)
    other.options.heartbeat = 10
    other.clock.advance(CHECK)
    expect(other.connection.getState()).toMatchObject({
      status: 'reconnecting',
      error: { message: 'Nothing came for 10 ms' },
    })
  })

  it('leaves no timer once it is turned off', () => {
    const { connection, clock, options, open } = setupStream({ heartbeat: HEARTBEAT })
    open()
    clock.advance(1_000)
    options.heartbeat = false
    clock.advance(CHECK)
    expect(clock.pending()).toBe(0)
    clock.advance(DAY)
    expect(connection.getState()).toBe(OPEN)

    options.heartbeat = HEARTBEAT
    connection.resetTimer()
    expect(clock.pending()).toBe(1)
    options.heartbeat = false
    connection.resetTimer()
    expect(clock.pending()).toBe(0)
  })

  it('closes the connection when the policy allows no retry', () => {
    for (const options of [{ retry: false }, { retry: () => false }] as EventSourceOptions[]) {
      const { connection, clock, transport, open } = setupStream({
        heartbeat: HEARTBEAT,
        ...options,
      })
      open()
      clock.advance(HEARTBEAT)
      expect(connection.getState()).toMatchObject({
        status: 'closed',
        reason: 'failed',
        error: { type: 'timeout' },
      })
      expect(transport.live()).toEqual([])
      expect(clock.pending()).toBe(0)
    }
  })

  it('closes the connection of a request that is made only once', () => {
    const { connection, clock, transport } = setupStream({ heartbeat: HEARTBEAT })
    transport.once = true
    connection.connect()
    transport.latest().open()
    clock.advance(HEARTBEAT)
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
    clock.advance(DAY)
    expect(transport.attempts).toHaveLength(1)
  })
})
