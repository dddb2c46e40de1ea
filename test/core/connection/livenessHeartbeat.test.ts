import { EventSourceError, type EventSourceOptions } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { OPEN } from '../../../src/core/connection/state.ts'
import type { ScriptedAttempt } from '../../support/scriptedTransport.ts'
import { setupStream, timeToNextAttempt } from './setupStream.ts'

const HEARTBEAT = 15_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const NAP = 5_000
const AT_ONCE = { initialDelay: 0, factor: 1, jitter: false }

const signs: Record<string, (attempt: ScriptedAttempt) => void> = {
  event: (attempt) => attempt.emit('tick'),
  'event that nobody listens to': (attempt) => attempt.emit('other'),
  'last event id': ({ sink }) => sink.id('7'),
  comment: ({ sink }) => sink.alive(),
  'retry field': ({ sink }) => sink.retry(1_000),
}

describe('heartbeat', () => {
  it.each([0, 0.25, 0.5, 0.75, 0.999])(
    'replaces a connection that has stalled in 15 to 16 s, with a luck of %s',
    (luck) => {
      const setup = setupStream({ heartbeat: HEARTBEAT })
      setup.clock.luck = luck
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

  it('says so with an error of type "timeout", which counts as a loss like any other', () => {
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

  it('leaves one alone that sends a comment every 10 s, for an hour', () => {
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

  it.each(Object.entries(signs))('counts each %s', (_, give) => {
    const { connection, clock, open } = setupStream({ heartbeat: HEARTBEAT })
    const attempt = open()
    for (let i = 0; i < 9; i++) {
      clock.advance(HEARTBEAT - 1)
      give(attempt)
    }
    clock.advance(HEARTBEAT - 1)
    expect(connection.getState()).toBe(OPEN)
    clock.advance(1)
    expect(connection.getState().status).toBe('reconnecting')
  })

  it('counts from the moment the server has answered, at each connection', () => {
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

  it.each([undefined, false, 0] as const)('is off with %s: no timer, and no end', (heartbeat) => {
    const { connection, clock, transport, open } = setupStream({ heartbeat })
    open()
    expect(clock.pending()).toBe(0)
    clock.advance(DAY)
    expect(connection.getState()).toBe(OPEN)
    expect(transport.attempts).toHaveLength(1)
  })

  it('is heeded when it is given to a connection that is open', () => {
    const { connection, clock, options, open } = setupStream()
    open()
    clock.advance(HEARTBEAT - 1)
    options.heartbeat = HEARTBEAT
    connection.rearmTimer()
    expect(connection.getState()).toBe(OPEN)
    clock.advance(1)
    expect(connection.getState().error).toMatchObject({ type: 'timeout' })
  })

  it('counts as it is now, where it is given anew: longer, or shorter within 5 s', () => {
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
    other.clock.advance(NAP)
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
    clock.advance(NAP)
    expect(clock.pending()).toBe(0)
    clock.advance(DAY)
    expect(connection.getState()).toBe(OPEN)

    options.heartbeat = HEARTBEAT
    connection.rearmTimer()
    expect(clock.pending()).toBe(1)
    options.heartbeat = false
    connection.rearmTimer()
    expect(clock.pending()).toBe(0)
  })

  it('closes the connection where nothing is to be tried again', () => {
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

  it('closes a connection that is made once', () => {
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
