import { EventSourceError } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { IDLE, OPEN } from '../../../src/core/connection/state.ts'
import { STEADY } from './setupConnection.ts'
import { giveUp, setupStream, type StreamSetup } from './setupStream.ts'

const HOUR = 3_600_000
const LATE = { initialDelay: 30_000, jitter: false }
const ONE_MORE = { ...STEADY, maxAttempts: 1 }

describe('a wake while the connection waits to reconnect', () => {
  it('makes the attempt due at once', () => {
    const { connection, clock, transport, open } = setupStream({ retry: LATE })
    open().fail()
    clock.advance(7_000)
    clock.wake()
    expect(connection.getState().retryAt).toBe(clock.now())
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
    expect(connection.getState()).toMatchObject({ attempt: 1, retryAt: null })
  })

  it('makes one attempt, even when it comes a thousand times at once', () => {
    const { clock, transport, states, open } = setupStream({ retry: LATE })
    open().fail()
    clock.advance(1)
    const before = states.length
    for (let i = 0; i < 1_000; i++) clock.wake()
    expect(states).toHaveLength(before + 1)
    expect(clock.pending()).toBe(1)
    clock.advance(0)
    for (let i = 0; i < 1_000; i++) clock.wake()
    clock.advance(10)
    expect(transport.attempts).toHaveLength(2)
  })

  it('does not stop the delays from growing', () => {
    const { connection, clock, transport, open } = setupStream({ retry: STEADY })
    open().fail()
    for (const attempt of [2, 3, 4]) {
      clock.wake()
      clock.advance(0)
      transport.latest().fail()
      const retryAt = clock.now() + 1_000 * 2 ** (attempt - 1)
      expect(connection.getState()).toMatchObject({ attempt, retryAt })
    }
  })

  it('makes no attempt before the Retry-After of the server', () => {
    const { connection, clock, transport, open } = setupStream({ retry: STEADY })
    const attempt = open()
    const lostAt = clock.now()
    attempt.sink.fail(busyFor(2_000))
    expect(connection.getState().retryAt).toBe(lostAt + 3_000)
    clock.advance(500)
    clock.wake()
    expect(connection.getState().retryAt).toBe(lostAt + 2_000)
    clock.advance(1_499)
    clock.wake()
    clock.advance(0)
    expect(transport.attempts).toHaveLength(1)
    clock.advance(1)
    expect(transport.attempts).toHaveLength(2)
  })

  it('makes the attempt at once after the Retry-After of the server', () => {
    const { clock, transport, open } = setupStream({ retry: STEADY })
    open().sink.fail(busyFor(2_000))
    clock.advance(2_100)
    expect(transport.attempts).toHaveLength(1)
    clock.wake()
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
  })

  it('does not delay an attempt that a retry function wants sooner than the Retry-After', () => {
    const { connection, clock, transport, open } = setupStream({ retry: () => 300 })
    open().sink.fail(busyFor(2_000))
    const retryAt = clock.now() + 300
    clock.advance(100)
    clock.wake()
    expect(connection.getState().retryAt).toBe(retryAt)
    clock.advance(200)
    expect(transport.attempts).toHaveLength(2)
  })

  it('ignores the Retry-After of an earlier answer', () => {
    const { connection, clock, transport, open } = setupStream({ retry: LATE })
    open().sink.fail(busyFor(HOUR))
    connection.connect()
    transport.latest().fail()
    clock.wake()
    clock.advance(0)
    expect(transport.attempts).toHaveLength(3)
  })
})

describe('three answers in a row with 503 and Retry-After: 2', () => {
  it.each([0, 0.5, 0.999])(
    'lead to attempts after 2 s, never earlier, with a random number of %s',
    (random) => {
      const { connection, clock, transport } = setupStream()
      clock.luck = random
      connection.connect()
      for (const count of [1, 2, 3]) {
        transport.latest().sink.fail(busyFor(2_000))
        for (let passed = 0; passed < 1_999; passed += 100) {
          clock.advance(Math.min(100, 1_999 - passed))
          clock.wake()
          clock.advance(0)
        }
        expect(transport.attempts).toHaveLength(count)
        clock.advance(1)
        expect(transport.attempts).toHaveLength(count + 1)
      }
      transport.latest().open()
      expect(connection.getState()).toBe(OPEN)
    },
  )

  it('lead to attempts after 2 s plus the delay of the policy, without a wake', () => {
    const { connection, clock, transport } = setupStream({ retry: STEADY })
    connection.connect()
    for (const delay of [3_000, 4_000, 6_000]) {
      transport.latest().sink.fail(busyFor(2_000))
      expect(connection.getState().retryAt).toBe(clock.now() + delay)
      clock.advance(delay)
    }
    expect(transport.attempts).toHaveLength(4)
  })
})

describe('a wake at any other time', () => {
  it('changes nothing while connecting, reconnecting, open or closed', () => {
    const ways: ((setup: StreamSetup) => void)[] = [
      ({ connection }) => connection.connect(),
      ({ open }) => open(),
      ({ open }) => open().drop(),
      ({ open, clock }) => {
        open().fail()
        clock.advance(HOUR)
      },
      ({ connection, open }) => {
        open()
        connection.close()
      },
      ({ open }) => open().done(),
      ({ open }) => open().fail(true),
    ]
    for (const bring of ways) {
      const setup = setupStream({ connectTimeout: false })
      const { connection, clock, transport, states, log } = setup
      bring(setup)
      const before = [connection.getState(), states.length, log.length, transport.attempts.length]
      const live = transport.live()
      for (let i = 0; i < 9; i++) clock.wake()
      clock.advance(HOUR)
      clock.wake()
      expect([connection.getState(), states.length, log.length, transport.attempts.length]).toEqual(
        before,
      )
      expect(connection.getState()).toBe(before[0])
      expect(transport.live()).toEqual(live)
      expect(clock.pending()).toBe(0)
    }
  })

  it('is not a sign of life', () => {
    for (const isOpen of [true, false]) {
      const { connection, clock, transport } = setupStream({
        heartbeat: 15_000,
        connectTimeout: 15_000,
      })
      connection.connect()
      if (isOpen) transport.latest().open()
      for (let passed = 0; passed < 15_000; passed += 1_000) {
        expect(connection.getState().error).toBe(null)
        clock.advance(1_000)
        clock.wake()
      }
      expect(connection.getState().error).toMatchObject({ type: 'timeout' })
    }
  })

  it('does not shorten the delay after a later loss', () => {
    const { connection, clock, transport, open } = setupStream({ retry: LATE })
    open()
    clock.wake()
    clock.advance(100)
    transport.latest().fail()
    expect(connection.getState().retryAt).toBe(clock.now() + 30_000)
  })
})

describe('the wake listener', () => {
  it('is one for each connection, from connect() to dispose(), even after reconnects', () => {
    const { connection, clock, transport } = setupStream({ retry: STEADY })
    expect(clock.wakers()).toBe(0)
    for (let i = 0; i < 20; i++) {
      connection.connect()
      transport.latest().open()
      transport.latest().fail()
      clock.advance(60_000)
      if (i % 2) connection.close()
      expect(clock.wakers()).toBe(1)
    }
    connection.dispose()
    expect(clock.wakers()).toBe(0)
    connection.connect()
    expect(clock.wakers()).toBe(1)
    connection.dispose()
    connection.dispose()
    expect(clock.wakers()).toBe(0)
  })

  it('is removed by dispose(), whatever the state', () => {
    const ways: ((setup: StreamSetup) => void)[] = [
      () => {},
      ({ connection }) => connection.connect(),
      ({ open }) => open(),
      ({ open }) => open().drop(),
      ({ open }) => open().fail(),
      ({ open }) => open().fail(true),
      ({ open, connection }) => (open(), connection.close()),
      giveUp,
    ]
    for (const bring of ways) {
      const setup = setupStream({ heartbeat: 15_000, retry: ONE_MORE })
      const { connection, clock, transport, states, log } = setup
      bring(setup)
      const before = [states.length, log.length, transport.attempts.length]
      connection.dispose()
      const setTimer = vi.spyOn(clock, 'setTimer')
      expect([clock.wakers(), clock.pending()]).toEqual([0, 0])
      clock.wake()
      clock.wake(true)
      clock.advance(HOUR)
      expect(connection.getState()).toBe(IDLE)
      expect([states.length, log.length, transport.attempts.length]).toEqual(before)
      expect(setTimer).not.toHaveBeenCalled()
    }
  })
})

function busyFor(retryAfter: number): EventSourceError {
  return new EventSourceError('http', 'busy', { status: 503, retryAfter })
}
