import { EventSourceError, type RetryFunction } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { setupConnection, STEADY } from './setupConnection.ts'

describe('a transport request', () => {
  it('reports no failure to the first attempt', () => {
    const { connection, transport } = setupConnection()
    connection.connect()
    expect(transport.latest().request).toMatchObject({ attempt: 0, error: null })
  })

  it('has the number of attempts in a row that have failed, and the last error', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    connection.connect()
    for (const attempt of [1, 2, 3]) {
      const error = transport.latest().fail()
      clock.advance(30_000)
      expect(transport.latest().request).toMatchObject({ attempt })
      expect(transport.latest().request.error).toBe(error)
    }
  })

  it('restarts the count once the stream has been open for long enough', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().fail()
    clock.advance(1_000)
    transport.latest().open()
    clock.advance(5_000)
    const error = transport.latest().fail()
    clock.advance(1_000)
    expect(transport.latest().request).toMatchObject({ attempt: 1 })
    expect(transport.latest().request.error).toBe(error)
  })

  it('has no failure for an attempt that connect() makes', () => {
    const { connection, transport } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().fail()
    connection.connect()
    expect(transport.latest().request).toMatchObject({ attempt: 0, error: null })
    transport.latest().fail(true)
    connection.connect()
    expect(transport.latest().request).toMatchObject({ attempt: 0, error: null })
  })

  it('counts the drops before the transport gave up', () => {
    const { connection, transport, clock } = setupConnection()
    connection.connect()
    transport.latest().drop()
    const error = transport.latest().fail()
    clock.advance(30_000)
    expect(transport.latest().request).toMatchObject({ attempt: 2 })
    expect(transport.latest().request.error).toBe(error)
  })

  it('has the timeout error after an attempt that took too long', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY, connectTimeout: 100 })
    connection.connect()
    clock.advance(1_100)
    expect(transport.latest().request).toMatchObject({ attempt: 1, error: { type: 'timeout' } })
  })
})

describe('a retry function', () => {
  it('receives whether the connection has ever been open', () => {
    const retry = vi.fn<RetryFunction>(() => 1_000)
    const { connection, transport, clock } = setupConnection({ retry })
    const hasOpened = () => retry.mock.lastCall?.[0].hasOpened
    connection.connect()
    transport.latest().fail()
    expect(hasOpened()).toBe(false)
    clock.advance(1_000)
    transport.latest().open()
    transport.latest().fail()
    expect(hasOpened()).toBe(true)
    clock.advance(1_000)
    transport.latest().fail()
    expect(hasOpened()).toBe(true)
    connection.connect()
    transport.latest().fail()
    expect(hasOpened()).toBe(true)
  })

  it('receives the last delay that the server asked for, across attempts', () => {
    const retry = vi.fn<RetryFunction>(() => 1_000)
    const { connection, transport, clock } = setupConnection({ retry })
    const serverRetry = () => retry.mock.lastCall?.[0].serverRetry
    connection.connect()
    transport.latest().fail()
    expect(serverRetry()).toBeUndefined()
    clock.advance(1_000)
    transport.latest().open()
    transport.latest().sink.retry(70)
    transport.latest().sink.retry(0)
    transport.latest().fail()
    expect(serverRetry()).toBe(0)
    clock.advance(1_000)
    transport.latest().fail()
    expect(serverRetry()).toBe(0)
  })

  it('is not called after a final failure', () => {
    const retry = vi.fn(() => 1_000)
    const { connection, transport } = setupConnection({ retry })
    connection.connect()
    transport.latest().fail(true)
    expect(retry).not.toHaveBeenCalled()
  })
})

describe('Retry-After', () => {
  it('is the minimum wait, with the policy delay added to it', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    connection.connect()
    const error = new EventSourceError('http', 'busy', { status: 503, retryAfter: 2_000 })
    transport.latest().sink.fail(error)
    expect(connection.getState()).toMatchObject({ attempt: 1, retryAt: clock.now() + 3_000 })
    clock.advance(2_999)
    expect(transport.attempts).toHaveLength(1)
    clock.advance(1)
    expect(transport.attempts).toHaveLength(2)
    transport.latest().fail()
    expect(connection.getState().retryAt).toBe(clock.now() + 2_000)
  })

  it('does not override a retry function, and no wake extends the delay it returned', () => {
    const { connection, transport, clock } = setupConnection({ retry: () => 100 })
    connection.connect()
    const error = new EventSourceError('http', 'busy', { status: 503, retryAfter: 2_000 })
    transport.latest().sink.fail(error)
    const { retryAt } = connection.getState()
    expect(retryAt).toBe(clock.now() + 100)
    clock.wake()
    expect(connection.getState().retryAt).toBe(retryAt)
    clock.advance(100)
    expect(transport.attempts).toHaveLength(2)
  })
})
