import { EventSourceError } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { CONNECTING, OPEN } from '../../../src/core/connection/state.ts'
import { STEADY } from './setupConnection.ts'
import { setupStream, type StreamSetup } from './setupStream.ts'

const HOUR = 3_600_000

describe('a connection that goes offline while it waits to reconnect', () => {
  it('waits for the network without a retryAt, a timer, an attempt or a callback', () => {
    const setup = setupStream({ retry: STEADY })
    const { connection, clock, transport, states, log } = setup
    const error = setup.open().fail()
    goOffline(setup)
    const waiting = { status: 'reconnecting', attempt: 1, retryAt: null, reason: null, error }
    expect(connection.getState()).toEqual(waiting)
    expect(clock.pending()).toBe(0)
    const before = [states.length, log.length]
    const setTimer = vi.spyOn(clock, 'setTimer')
    for (let minute = 0; minute < 60; minute++) {
      clock.advance(60_000)
      clock.wake()
    }
    expect(setTimer).not.toHaveBeenCalled()
    expect(transport.attempts).toHaveLength(1)
    expect(connection.getState()).toEqual(waiting)
    expect([states.length, log.length]).toEqual(before)
  })

  it('reconnects at once when the network is back, with the same count and last event id', () => {
    const setup = setupStream({ retry: STEADY })
    const { connection, clock, transport } = setup
    setup.open().emit('tick', '', '7')
    transport.latest().fail()
    goOffline(setup)
    clock.advance(HOUR)
    goOnline(setup)
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
    expect(transport.latest().request).toMatchObject({ lastEventId: '7', attempt: 1 })
    expect(connection.getState()).toMatchObject({
      status: 'reconnecting',
      attempt: 1,
      retryAt: null,
    })
    transport.latest().fail()
    expect(connection.getState()).toMatchObject({ attempt: 2, retryAt: clock.now() + 2_000 })
  })

  it('has the current time as retryAt once the network is back', () => {
    const setup = setupStream({ retry: STEADY })
    setup.open().fail()
    goOffline(setup)
    setup.clock.advance(HOUR)
    goOnline(setup)
    expect(setup.connection.getState().retryAt).toBe(setup.clock.now())
  })

  it('notices a silent loss of the network when the attempt is due', () => {
    const { connection, clock, transport, open } = setupStream({ retry: STEADY })
    open().fail()
    clock.online = false
    clock.advance(1_000)
    expect(transport.attempts).toHaveLength(1)
    expect(connection.getState()).toMatchObject({
      status: 'reconnecting',
      attempt: 1,
      retryAt: null,
    })
    expect(clock.pending()).toBe(0)
    clock.online = true
    clock.wake()
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
  })

  it('makes one attempt when the network comes and goes a thousand times at once', () => {
    const setup = setupStream({ retry: STEADY })
    setup.open().fail()
    for (let i = 0; i < 1_000; i++) {
      goOffline(setup)
      goOnline(setup)
    }
    expect(setup.clock.pending()).toBe(1)
    setup.clock.advance(0)
    expect(setup.transport.attempts).toHaveLength(2)
  })

  it('makes no attempt when the network is lost again before it', () => {
    const setup = setupStream({ retry: STEADY })
    setup.open().fail()
    goOffline(setup)
    goOnline(setup)
    goOffline(setup)
    setup.clock.advance(HOUR)
    expect(setup.transport.attempts).toHaveLength(1)
  })

  it('obeys close() and connect() as when online', () => {
    const closed = setupStream({ retry: STEADY })
    closed.open().fail()
    goOffline(closed)
    closed.connection.close()
    expect(closed.connection.getState()).toMatchObject({ status: 'closed', reason: 'stopped' })
    goOnline(closed)
    closed.clock.advance(HOUR)
    expect(closed.transport.attempts).toHaveLength(1)

    const reconnected = setupStream({ retry: STEADY })
    reconnected.open().fail()
    goOffline(reconnected)
    reconnected.connection.connect()
    expect(reconnected.connection.getState()).toBe(CONNECTING)
    expect(reconnected.transport.live()).toHaveLength(1)
  })
})

describe('a failure while offline', () => {
  it('makes an open connection wait for the network', () => {
    const setup = setupStream({ retry: STEADY })
    const { connection, clock, transport } = setup
    const attempt = setup.open()
    clock.advance(5_000)
    goOffline(setup)
    expect(connection.getState()).toBe(OPEN)
    const error = attempt.fail()
    expect(connection.getState()).toMatchObject({ attempt: 1, retryAt: null, error })
    expect(setup.states.at(-2)).toBe(OPEN)
    expect(clock.pending()).toBe(0)
    clock.advance(HOUR)
    goOnline(setup)
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
  })

  it('counts when it ends the first attempt, which is made even offline', () => {
    const setup = setupStream({ retry: { ...STEADY, maxAttempts: 1 } })
    const { connection, clock, transport } = setup
    goOffline(setup)
    connection.connect()
    expect(connection.getState()).toBe(CONNECTING)
    expect(transport.live()).toHaveLength(1)
    const error = transport.latest().fail()
    expect(error.attempt).toBe(1)
    expect(connection.getState()).toMatchObject({
      status: 'reconnecting',
      attempt: 1,
      retryAt: null,
    })
    expect(clock.pending()).toBe(0)
    goOnline(setup)
    clock.advance(0)
    transport.latest().open()
    expect(connection.getState()).toBe(OPEN)
  })

  it('is not counted after the first, so it uses up no attempts and lengthens no delay', () => {
    const setup = setupStream({ retry: { ...STEADY, maxAttempts: 3 } })
    const { connection, clock, transport } = setup
    connection.connect()
    transport.latest().fail()
    clock.advance(1_000)
    for (let i = 0; i < 20; i++) {
      goOffline(setup)
      const error = transport.latest().fail()
      expect(error.attempt).toBe(1)
      expect(connection.getState()).toMatchObject({ attempt: 1, retryAt: null })
      goOnline(setup)
      clock.advance(250)
    }
    transport.latest().fail()
    expect(connection.getState()).toMatchObject({ attempt: 2, retryAt: clock.now() + 2_000 })
  })

  it('comes from the connect timeout when an attempt is never answered', () => {
    const setup = setupStream({ connectTimeout: 60_000 })
    setup.connection.connect()
    goOffline(setup)
    setup.clock.advance(60_000)
    expect(setup.connection.getState()).toMatchObject({
      status: 'reconnecting',
      retryAt: null,
      error: { type: 'timeout' },
    })
    expect(setup.clock.pending()).toBe(0)
  })

  it('comes from the heartbeat when the stream falls silent', () => {
    const setup = setupStream({ heartbeat: 15_000 })
    setup.open()
    goOffline(setup)
    setup.clock.advance(15_000)
    expect(setup.connection.getState()).toMatchObject({ status: 'reconnecting', retryAt: null })
    expect(setup.clock.pending()).toBe(0)
    setup.clock.advance(HOUR)
    expect(setup.transport.attempts).toHaveLength(1)
  })

  it('is final when it would be final online', () => {
    for (const [retry, final] of [
      [false, undefined],
      [() => false as const, undefined],
      [STEADY, true],
    ] as const) {
      const setup = setupStream({ retry })
      const attempt = setup.open()
      goOffline(setup)
      attempt.fail(final)
      expect(setup.connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
    }
  })

  it('leaves a drop to the retries of the browser', () => {
    const setup = setupStream()
    const attempt = setup.open()
    goOffline(setup)
    attempt.drop()
    expect(setup.connection.getState()).toMatchObject({ attempt: 1, retryAt: null })
    expect(setup.transport.live()).toEqual([attempt])
    goOnline(setup)
    expect(setup.transport.live()).toEqual([attempt])
    attempt.open()
    expect(setup.connection.getState()).toBe(OPEN)
  })

  it('respects the Retry-After of the server once the network is back', () => {
    const setup = setupStream({ retry: STEADY })
    const { connection, clock, transport } = setup
    goOffline(setup)
    connection.connect()
    const busy = new EventSourceError('http', 'busy', { status: 503, retryAfter: 10_000 })
    transport.latest().sink.fail(busy)
    const lostAt = clock.now()
    clock.advance(4_000)
    goOnline(setup)
    expect(connection.getState().retryAt).toBe(lostAt + 10_000)
    clock.advance(5_999)
    expect(transport.attempts).toHaveLength(1)
    clock.advance(1)
    expect(transport.attempts).toHaveLength(2)
  })
})

function goOffline({ clock }: StreamSetup): void {
  clock.online = false
  clock.wake()
}

function goOnline({ clock }: StreamSetup): void {
  clock.online = true
  clock.wake()
}
