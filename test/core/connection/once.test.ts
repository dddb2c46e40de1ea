import { describe, expect, it } from 'vitest'
import type { EventSourceOptions } from 'use-event-source/core'
import { HALTED, setupConnection, STEADY } from './setupConnection.ts'

const until = ({ data }: { data: string }): boolean => data === '[DONE]'

describe('a request that is made only once', () => {
  it('closes as failed at any failure, and is not repeated', () => {
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

  it.each([undefined, false, true])(
    'closes as failed when the transport reports a failure with final %s',
    (final) => {
      const { connection, transport } = setupOnce()
      connection.connect()
      transport.latest().fail(final)
      expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
    },
  )

  it('closes as failed at the connect timeout and at the heartbeat', () => {
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

  it('closes as done at its end', () => {
    const { connection, transport, log } = setupOnce()
    connection.connect()
    transport.latest().open()
    transport.latest().end()
    expect(connection.getState()).toEqual({ ...HALTED, status: 'closed', reason: 'done' })
    expect(log.map(([name]) => name)).toEqual(['onOpen', 'onClose'])
  })

  it('closes as failed at its end when until has not matched', () => {
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

  it('closes as done when until matches, and when the server reports that it has finished', () => {
    const { connection, transport } = setupOnce({ until })
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', '[DONE]')
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'done' })
    connection.connect()
    transport.latest().done()
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'done' })
  })

  it('is repeated by connect()', () => {
    for (const end of ['fail', 'done'] as const) {
      const { connection, transport } = setupOnce()
      connection.connect()
      transport.latest()[end]()
      connection.connect()
      expect(transport.attempts).toHaveLength(2)
      expect(connection.getState().status).toBe('connecting')
    }
  })

  it('is not repeated at a wake, open or closed, nor when the network is back', () => {
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

  it('is not repeated at a wake after maxAttempts is reached', () => {
    const { connection, transport, clock } = setupOnce({ retry: { maxAttempts: 0 } })
    connection.connect()
    transport.latest().fail()
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
    clock.wake()
    clock.wake(true)
    clock.advance(1e9)
    expect(transport.attempts).toHaveLength(1)
  })

  it('is decided by the transport when the attempt is made, not when it ends', () => {
    const { connection, transport } = setupOnce()
    connection.connect()
    transport.once = false
    transport.latest().fail()
    expect(connection.getState().status).toBe('closed')
  })
})

describe('a once-only request with the retry option', () => {
  it.each([{}, STEADY, () => 1_000])('is repeated under the policy: %o', (retry) => {
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

  it('is not repeated when the failure is final, or retry is false', () => {
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

  it('is repeated when the page is restored from the back-forward cache', () => {
    const { connection, transport, clock } = setupOnce({ retry: STEADY })
    connection.connect()
    transport.latest().open()
    clock.wake(true)
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
    expect(transport.live()).toHaveLength(1)
  })
})

describe('the kept values of a request that is made only once', () => {
  it('start over when another answer begins, and not before', () => {
    const made = setupOnce()
    const { connection, transport } = made
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', 'half')
    transport.latest().fail()
    connection.connect()
    expect(made.startedOver).toBe(0)
    transport.latest().open()
    expect(made.startedOver).toBe(1)
    transport.latest().emit('tick', 'whole')
    expect(made.startedOver).toBe(1)
  })

  it('start over for each answer under a retry policy as well', () => {
    const made = setupOnce({ retry: STEADY })
    const { connection, transport, clock } = made
    connection.connect()
    for (const count of [0, 1, 2]) {
      transport.latest().open()
      expect(made.startedOver).toBe(count)
      transport.latest().fail()
      clock.advance(4_000)
    }
  })

  it('stay when the request resumes after an id, and when no answer came before', () => {
    const made = setupOnce()
    const { connection, transport } = made
    connection.connect()
    transport.latest().fail()
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', 'half', '7')
    transport.latest().fail()
    connection.connect()
    expect(transport.latest().request.lastEventId).toBe('7')
    transport.latest().open()
    expect(made.startedOver).toBe(0)
  })

  it('stay where the request is repeated freely', () => {
    const made = setupConnection()
    made.connection.connect()
    made.transport.latest().open()
    made.connection.connect()
    made.transport.latest().open()
    expect(made.startedOver).toBe(0)
  })
})

function setupOnce(options: EventSourceOptions = {}) {
  const made = setupConnection(options)
  made.transport.once = true
  return made
}
