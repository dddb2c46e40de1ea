import { EventSourceError } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { OPEN } from '../../../src/core/connection/state.ts'
import type { Clock } from '../../support/clock.ts'
import { setupStream, type StreamSetup, timeToNextAttempt } from './setupStream.ts'

const HEARTBEAT = 15_000
const HOUR = 3_600_000
const CHECK = 5_000
const AT_ONCE = { initialDelay: 0, factor: 1, jitter: false }

describe('a computer that sleeps', () => {
  it('makes the pending attempt within 5 s of waking up', () => {
    const { connection, clock, transport, open } = setupStream({
      retry: { initialDelay: 30_000, jitter: false },
    })
    open().fail()
    clock.advance(2_000)
    clock.jump(HOUR)
    expect(connection.getState().status).toBe('reconnecting')
    clock.advance(CHECK)
    expect(transport.attempts).toHaveLength(2)
  })

  it('replaces an open stream within 5 s of waking up, by the heartbeat', () => {
    const setup = setupStream({ heartbeat: 60_000, retry: AT_ONCE })
    setup.open()
    setup.clock.advance(1_000)
    setup.clock.jump(HOUR)
    expect(timeToNextAttempt(setup)).toBeLessThanOrEqual(CHECK + 1)
  })

  it('leaves an open stream alone that shows a sign of life on waking up', () => {
    const { connection, clock, open } = setupStream({ heartbeat: 60_000 })
    const attempt = open()
    clock.advance(1_000)
    clock.jump(HOUR)
    attempt.sink.alive()
    clock.advance(59_999)
    expect(connection.getState()).toBe(OPEN)
  })

  it('times an unanswered attempt out within 5 s of waking up', () => {
    const { connection, clock } = setupStream({ connectTimeout: 60_000 })
    connection.connect()
    clock.advance(1_000)
    clock.jump(HOUR)
    clock.advance(CHECK)
    expect(connection.getState().error).toMatchObject({ type: 'timeout' })
  })

  it('leaves an open stream alone when there is no heartbeat', () => {
    const { connection, clock, open } = setupStream()
    open()
    clock.jump(HOUR)
    clock.advance(HOUR)
    expect(connection.getState()).toBe(OPEN)
  })
})

describe('a clock that is set back', () => {
  const notices: Record<string, (setup: StreamSetup) => void> = {
    'no notice': () => {},
    'a wake': ({ clock }) => clock.wake(),
    'a new heartbeat': ({ connection }) => connection.resetTimer(),
  }

  it.each(Object.entries(notices))('extends a wait by at most 5 s, with %s', (_, notify) => {
    const setup = setupStream({ retry: { initialDelay: 30_000, jitter: false } })
    const { clock, transport, open } = setup
    open().fail()
    clock.advance(1_000)
    clock.jump(-HOUR)
    notify(setup)
    clock.advance(30_000 + CHECK)
    expect(transport.attempts).toHaveLength(2)
  })

  it.each(Object.entries(notices))('hides a silence for at most 5 s, with %s', (_, notify) => {
    const setup = setupStream({ heartbeat: HEARTBEAT })
    const { connection, clock, open } = setup
    open()
    clock.advance(1_000)
    clock.jump(-HOUR)
    notify(setup)
    clock.advance(HEARTBEAT + CHECK)
    expect(connection.getState().error).toMatchObject({ type: 'timeout' })
  })

  it('does not shorten the Retry-After of the server', () => {
    const { clock, transport, open } = setupStream({ retry: AT_ONCE })
    const busy = new EventSourceError('http', 'busy', { status: 503, retryAfter: 20_000 })
    open().sink.fail(busy)
    clock.advance(1_000)
    clock.jump(-HOUR)
    clock.wake()
    clock.advance(14_000)
    expect(transport.attempts).toHaveLength(1)
    clock.advance(5_000 + 2 * CHECK)
    expect(transport.attempts).toHaveLength(2)
  })
})

describe('the timers set within an hour', () => {
  /** The number of clock checks, at one every 5 s, and a few more. */
  const FEW = HOUR / CHECK + 5

  it('are few and short while the connection waits to reconnect', () => {
    const { clock, open } = setupStream({ retry: () => 2 * HOUR })
    const setTimer = vi.spyOn(clock, 'setTimer')
    open().fail()
    passHour(clock)
    expect(setTimer.mock.calls.length).toBeLessThanOrEqual(FEW)
    expectShort(setTimer.mock.calls)
  })

  it('are few and short while the stream is open, however much the server sends', () => {
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

  it('are few and short while an attempt is unanswered', () => {
    const { connection, clock, transport } = setupStream({ connectTimeout: 2 * HOUR })
    const setTimer = vi.spyOn(clock, 'setTimer')
    connection.connect()
    passHour(clock)
    expect(transport.attempts).toHaveLength(1)
    expect(setTimer.mock.calls.length).toBeLessThanOrEqual(FEW)
    expectShort(setTimer.mock.calls)
  })

  it('are none while the stream is open without a heartbeat', () => {
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

  /** Checks that no timer is too long to notice that the computer has slept. */
  function expectShort(calls: (readonly [unknown, number])[]): void {
    expect(Math.max(...calls.map(([, delay]) => delay))).toBeLessThanOrEqual(CHECK)
  }
})
