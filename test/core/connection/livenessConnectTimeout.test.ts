import { describe, expect, it } from 'vitest'
import { OPEN } from '../../../src/core/connection/state.ts'
import { setupStream } from './setupStream.ts'

const CONNECT_TIMEOUT = 60_000
const DAY = 86_400_000
const AT_ONCE = { initialDelay: 0, factor: 1, jitter: false }

describe('connectTimeout', () => {
  it('is off by default: a healthy server may have nothing to say', () => {
    const { connection, clock, transport } = setupStream()
    connection.connect()
    expect(clock.pending()).toBe(0)
    clock.advance(DAY)
    transport.latest().open()
    expect(connection.getState()).toBe(OPEN)
    expect(transport.attempts).toHaveLength(1)
  })

  it('ends an attempt that is not answered in time', () => {
    const { connection, clock, transport, log } = setupStream({ connectTimeout: CONNECT_TIMEOUT })
    connection.connect()
    clock.advance(CONNECT_TIMEOUT - 1)
    expect(connection.getState().status).toBe('connecting')
    clock.advance(1)
    const { error } = connection.getState()
    expect(connection.getState()).toMatchObject({ status: 'reconnecting', attempt: 1 })
    expect(error).toMatchObject({
      type: 'timeout',
      message: expect.stringMatching(/^Nothing came for 60000 ms\. .* only 6 connections$/),
    })
    expect(log).toEqual([['onError', error]])
    expect(transport.live()).toEqual([])
  })

  it('applies to each later attempt', () => {
    const { connection, clock, transport } = setupStream({ connectTimeout: 700, retry: AT_ONCE })
    connection.connect()
    for (const attempt of [1, 2, 3]) {
      clock.advance(699)
      expect(transport.live()).toEqual([transport.latest()])
      clock.advance(1)
      expect(transport.live()).toEqual([])
      expect(connection.getState()).toMatchObject({ status: 'reconnecting', attempt })
      clock.advance(1)
      expect(transport.attempts).toHaveLength(attempt + 1)
    }
  })

  it.each([false, 0] as const)('is off with %s: no timer, and no timeout', (connectTimeout) => {
    const { connection, clock, transport } = setupStream({ connectTimeout })
    connection.connect()
    expect(clock.pending()).toBe(0)
    clock.advance(DAY)
    expect(connection.getState().status).toBe('connecting')
    expect(transport.attempts).toHaveLength(1)
  })

  it('ends with the answer, even if no event follows it', () => {
    const { connection, clock, transport } = setupStream({ connectTimeout: CONNECT_TIMEOUT })
    connection.connect()
    clock.advance(CONNECT_TIMEOUT - 1)
    transport.latest().open()
    expect(clock.pending()).toBe(0)
    clock.advance(DAY)
    expect(connection.getState()).toBe(OPEN)
  })

  it('does not run while the browser reconnects by itself, which pauses as the server asks', () => {
    const { connection, clock, transport, open } = setupStream({ connectTimeout: CONNECT_TIMEOUT })
    open().drop()
    expect(clock.pending()).toBe(0)
    clock.advance(DAY)
    expect(connection.getState()).toMatchObject({ status: 'reconnecting', attempt: 1 })
    transport.latest().open()
    expect(connection.getState()).toBe(OPEN)
    expect(transport.attempts).toHaveLength(1)
  })

  it('is independent of the heartbeat, which starts with the answer', () => {
    const { connection, clock, transport } = setupStream({ heartbeat: 100, connectTimeout: 10_000 })
    connection.connect()
    clock.advance(9_000)
    expect(connection.getState().status).toBe('connecting')
    transport.latest().open()
    clock.advance(99)
    expect(connection.getState()).toBe(OPEN)
    clock.advance(1)
    expect(connection.getState().error?.message).toBe('Nothing came for 100 ms')
  })

  it.each([['retry is false'], ['the request is made only once']])(
    'closes the connection when %s',
    (why) => {
      const { connection, clock, transport } = setupStream(
        why.includes('once')
          ? { connectTimeout: CONNECT_TIMEOUT }
          : { connectTimeout: CONNECT_TIMEOUT, retry: false },
      )
      transport.once = why.includes('once')
      connection.connect()
      clock.advance(CONNECT_TIMEOUT)
      expect(connection.getState()).toMatchObject({ status: 'closed', error: { type: 'timeout' } })
      expect(clock.pending()).toBe(0)
    },
  )
})
