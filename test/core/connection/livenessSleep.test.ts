import { EventSourceError } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { OPEN } from '../../../src/core/connection/state.ts'
import type { Clock } from '../../support/clock.ts'
import { setupStream, type StreamSetup, timeToNextAttempt } from './setupStream.ts'

const HEARTBEAT = 15_000
const HOUR = 3_600_000
const NAP = 5_000
const AT_ONCE = { initialDelay: 0, factor: 1, jitter: false }

describe('a computer that sleeps', () => {
  it('makes the attempt that was waited for within 5 s of waking up', () => {
    const { connection, clock, transport, open } = setupStream({
      retry: { initialDelay: 30_000, jitter: false },
    })
    open().fail()
    clock.advance(2_000)
    clock.jump(HOUR)
    expect(connection.getState().status).toBe('reconnecting')
    clock.advance(NAP)
    expect(transport.attempts).toHaveLength(2)
  })

  it('replaces an open connection within 5 s of waking up, by the heartbeat', () => {
    const setup = setupStream({ heartbeat: 60_000, retry: AT_ONCE })
    setup.open()
    setup.clock.advance(1_000)
    setup.clock.jump(HOUR)
    expect(timeToNextAttempt(setup)).toBeLessThanOrEqual(NAP + 1)
  })

  it('leaves an open connection alone that gives a sign of life on waking up', () => {
    const { connection, clock, open } = setupStream({ heartbeat: 60_000 })
    const attempt = open()
    clock.advance(1_000)
    clock.jump(HOUR)
    attempt.sink.alive()
    clock.advance(59_999)
    expect(connection.getState()).toBe(OPEN)
  })

  it('gives up an attempt that was under way within 5 s', () => {
    const { connection, clock } = setupStream()
    connection.connect()
    clock.advance(1_000)
    clock.jump(HOUR)
    clock.advance(NAP)
    expect(connection.getState().error).toMatchObject({ type: 'timeout' })
  })

  it('leaves an open connection as it is where there is no heartbeat', () => {
    const { connection, clock, open } = setupStream()
    open()
    clock.jump(HOUR)
    clock.advance(HOUR)
    expect(connection.getState()).toBe(OPEN)
  })
})

describe('a clock that is set back', () => {
  const ways: Record<string, (setup: StreamSetup) => void> = {
    nobody: () => {},
    'a wake': ({ clock }) => clock.wake(),
    'a new heartbeat': ({ connection }) => connection.rearmTimer(),
  }

  it.each(Object.entries(ways))('makes no wait longer than by 5 s: %s tells of it', (_, tell) => {
    const setup = setupStream({ retry: { initialDelay: 30_000, jitter: false } })
    const { clock, transport, open } = setup
    open().fail()
    clock.advance(1_000)
    clock.jump(-HOUR)
    tell(setup)
    clock.advance(30_000 + NAP)
    expect(transport.attempts).toHaveLength(2)
  })

  it.each(Object.entries(ways))(
    'hides a silence for 5 s at the most: %s tells of it',
    (_, tell) => {
      const setup = setupStream({ heartbeat: HEARTBEAT })
      const { connection, clock, open } = setup
      open()
      clock.advance(1_000)
      clock.jump(-HOUR)
      tell(setup)
      clock.advance(HEARTBEAT + NAP)
      expect(connection.getState().error).toMatchObject({ type: 'timeout' })
    },
  )

  it('leaves the time that the server has asked for as long as it is', () => {
    const { clock, transport, open } = setupStream({ retry: AT_ONCE })
    const busy = new EventSourceError('http', 'busy', { status: 503, retryAfter: 20_000 })
    open().sink.fail(busy)
    clock.advance(1_000)
    clock.jump(-HOUR)
    clock.wake()
    clock.advance(14_000)
    expect(transport.attempts).toHaveLength(1)
    clock.advance(5_000 + 2 * NAP)
    expect(transport.attempts).toHaveLength(2)
  })
})

describe('the timers of an hour', () => {
  /** One for each nap of 5 s, and some more. */
  const FEW = HOUR / NAP + 5

  it('are one after the other, while it waits to reconnect', () => {
    const { clock, open } = setupStream({ retry: () => 2 * HOUR })
    const setTimer = vi.spyOn(clock, 'setTimer')
    open().fail()
    passHour(clock)
    expect(setTimer.mock.calls.length).toBeLessThanOrEqual(FEW)
    expectShort(setTimer.mock.calls)
  })

  it('are one after the other while it is open, however much the server says', () => {
    const { clock, transport, open } = setupStream({ heartbeat: HEARTBEAT })
    const setTimer = vi.spyOn(clock, 'setTimer')
    const attempt = open()
    passHour(clock, () => {
      for (let i = 0; i < 10; i++) attempt.emit('tick')
      attempt.sink.alive()
    })
    expect(transport.attempts).toHaveLength(1)
    expect(setTimer.mock.calls.length).toBeLessThanOrEqual(FEW)
    expectShort(setTimer.mock.calls)
  })

  it('are one after the other while an attempt is under way', () => {
    const { connection, clock, transport } = setupStream({ connectTimeout: 2 * HOUR })
    const setTimer = vi.spyOn(clock, 'setTimer')
    connection.connect()
    passHour(clock)
    expect(transport.attempts).toHaveLength(1)
    expect(setTimer.mock.calls.length).toBeLessThanOrEqual(FEW)
    expectShort(setTimer.mock.calls)
  })

  it('are none while it is open without a heartbeat', () => {
    const { clock, open } = setupStream()
    const attempt = open()
    const setTimer = vi.spyOn(clock, 'setTimer')
    passHour(clock, () => attempt.emit('tick'))
    expect(setTimer).not.toHaveBeenCalled()
  })

  function passHour(clock: Clock, eachSecond?: () => void): void {
    for (let passed = 0; passed < HOUR; passed += 1_000) {
      clock.advance(1_000)
      expect(clock.pending()).toBeLessThanOrEqual(1)
      eachSecond?.()
    }
  }

  /** A longer one would not notice that the computer has slept. */
  function expectShort(calls: (readonly [unknown, number])[]): void {
    expect(Math.max(...calls.map(([, delay]) => delay))).toBeLessThanOrEqual(NAP)
  }
})
