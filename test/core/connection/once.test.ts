import { describe, expect, it } from 'vitest'
import type { EventSourceOptions } from 'use-event-source/core'
import { HALTED, setupConnection, STEADY } from './setupConnection.ts'

const until = ({ data }: { data: string }): boolean => data === '[DONE]'

describe('a stream that is made once', () => {
  it('is closed as failed by any failure, and not made again', () => {
    for (const isOpen of [false, true]) {
      const { connection, transport, clock, log } = setupOnce()
      connection.connect()
      if (isOpen) transport.latest().open()
      const error = transport.latest().fail()
      expect(connection.getState()).toEqual({
        ...HALTED,
        status: 'closed',
        reason: 'failed',
        error,
      })
      expect(error.attempt).toBe(1)
      expect(log.slice(-2)).toEqual([
        ['onError', error],
        ['onClose', { reason: 'failed', error }],
      ])
      clock.advance(1e9)
      expect(transport.attempts).toHaveLength(1)
    }
  })

  it.each([undefined, false, true])('is so whatever the transport says: final is %s', (final) => {
    const { connection, transport } = setupOnce()
    connection.connect()
    transport.latest().fail(final)
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
  })

  it('is closed as failed by the connect timeout and the heartbeat, too', () => {
    const { connection, transport, clock } = setupOnce({ connectTimeout: 100, heartbeat: 50 })
    connection.connect()
    clock.advance(100)
    const failed = { status: 'closed', reason: 'failed', error: { type: 'timeout' } }
    expect(connection.getState()).toMatchObject(failed)
    connection.connect()
    transport.latest().open()
    clock.advance(50)
    expect(connection.getState()).toMatchObject(failed)
    expect(transport.live()).toHaveLength(0)
  })

  it('is done at its end', () => {
    const { connection, transport, log } = setupOnce()
    connection.connect()
    transport.latest().open()
    transport.latest().end()
    expect(connection.getState()).toEqual({ ...HALTED, status: 'closed', reason: 'done' })
    expect(log.map(([name]) => name)).toEqual(['onOpen', 'onClose'])
  })

  it('is failed at its end where until has still been waited for', () => {
    const { connection, transport, clock, log } = setupOnce({ until })
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', 'half')
    transport.latest().end()
    expect(connection.getState()).toMatchObject({
      status: 'closed',
      reason: 'failed',
      error: { type: 'network', message: 'ended' },
    })
    expect(log.map(([name]) => name)).toEqual(['onOpen', 'onError', 'onClose'])
    clock.advance(1e9)
    expect(transport.attempts).toHaveLength(1)
  })

  it('is done at until, and where the server says that it has no more, until or not', () => {
    const { connection, transport } = setupOnce({ until })
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', '[DONE]')
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'done' })
    connection.connect()
    transport.latest().done()
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'done' })
  })

  it('is made again by connect()', () => {
    for (const end of ['fail', 'done'] as const) {
      const { connection, transport } = setupOnce()
      connection.connect()
      transport.latest()[end]()
      connection.connect()
      expect(transport.attempts).toHaveLength(2)
      expect(connection.getState().status).toBe('connecting')
    }
  })

  it('is not made again by a wake, open or closed, nor by the network that comes back', () => {
    const { connection, transport, clock } = setupOnce()
    connection.connect()
    transport.latest().open()
    clock.wake(true)
    expect(transport.live()).toHaveLength(1)
    transport.latest().fail()
    clock.online = false
    clock.wake()
    clock.online = true
    clock.wake()
    clock.wake(true)
    clock.advance(1e9)
    expect(transport.attempts).toHaveLength(1)
  })

  it('is what the transport is when the attempt is made, not when it ends', () => {
    const { connection, transport } = setupOnce()
    connection.connect()
    transport.once = false
    transport.latest().fail()
    expect(connection.getState().status).toBe('closed')
  })
})

describe('a stream that is made once, with retry given', () => {
  it.each([{}, STEADY, () => 1_000])('is made again under the policy: %o', (retry) => {
    for (const end of ['fail', 'end'] as const) {
      const { connection, transport, clock } = setupOnce({ retry })
      connection.connect()
      transport.latest().open()
      transport.latest()[end]()
      expect(connection.getState().status).toBe('reconnecting')
      clock.advance(30_000)
      expect(transport.attempts).toHaveLength(2)
    }
  })

  it('is not made again where the failure is final, or retry is false', () => {
    for (const [retry, final] of [
      [STEADY, true],
      [false, undefined],
    ] as const) {
      const { connection, transport } = setupOnce({ retry })
      connection.connect()
      transport.latest().fail(final)
      expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
    }
  })

  it('is replaced where the page is back from the cache', () => {
    const { connection, transport, clock } = setupOnce({ retry: STEADY })
    connection.connect()
    transport.latest().open()
    clock.wake(true)
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
    expect(transport.live()).toHaveLength(1)
  })
})

function setupOnce(options: EventSourceOptions = {}) {
  const made = setupConnection(options)
  made.transport.once = true
  return made
}
