import { EventSourceError, type ServerSentEvent, type TransportSink } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { OPEN } from '../../../src/core/connection/state.ts'
import { serverSentEvent } from '../../support/scriptedTransport.ts'
import { HALTED, setupConnection, STEADY } from './setupConnection.ts'

describe('sink.id()', () => {
  it('sets where the next attempt resumes, without an event', () => {
    const { connection, transport, clock, received, states } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', '', '1')
    const before = states.length
    transport.latest().sink.id('2')
    expect(states).toHaveLength(before)
    expect(received).toHaveLength(1)
    transport.latest().fail()
    clock.advance(1_000)
    expect(transport.latest().request.lastEventId).toBe('2')
  })

  it('resets the last event id when it is empty', () => {
    const { connection, transport } = setupConnection({ lastEventId: 'start' })
    connection.connect()
    transport.latest().open()
    transport.latest().sink.id('')
    connection.connect()
    expect(transport.latest().request.lastEventId).toBe('')
  })

  it('sets the last event id that onOpen receives', () => {
    const { connection, transport, log } = setupConnection()
    connection.connect()
    transport.latest().open()
    transport.latest().sink.id('5')
    connection.connect()
    transport.latest().open()
    expect(log.at(-1)).toEqual(['onOpen', { reconnected: true, downFor: 0, lastEventId: '5' }])
  })
})

describe('a batch of events', () => {
  const batch = ['1', '2', '3', '4'].map((id) => serverSentEvent('tick', id, id))

  it('is dispatched one by one and in order, and the next attempt resumes after the last', () => {
    const { connection, transport, received } = setupConnection()
    connection.connect()
    transport.latest().open()
    sendBatch(transport.latest().sink, batch)
    transport.latest().sink.batch(() => {})
    expect(received).toEqual(batch)
    connection.connect()
    expect(transport.latest().request.lastEventId).toBe('4')
  })

  it('is dispatched up to the event that until matches', () => {
    const { connection, transport, received } = setupConnection({
      until: ({ data }) => data === '3',
    })
    connection.connect()
    transport.latest().open()
    sendBatch(transport.latest().sink, batch)
    expect(received).toEqual(batch.slice(0, 2))
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'done' })
    connection.connect()
    expect(transport.latest().request.lastEventId).toBe('3')
  })

  it.each(['close', 'connect'] as const)(
    'is dispatched up to the event whose subscriber calls %s(), where the next attempt resumes',
    (action) => {
      const made = setupConnection()
      const { connection, transport, received } = made
      made.onEvent = ({ data }) => {
        if (data === '2') connection[action]()
      }
      connection.connect()
      transport.latest().open()
      const { sink } = transport.latest()
      sendBatch(sink, batch)
      sendBatch(sink, batch)
      expect(received).toEqual(batch.slice(0, 2))
      if (action === 'close') connection.connect()
      expect(transport.attempts).toHaveLength(2)
      expect(transport.latest().request.lastEventId).toBe('2')
    },
  )

  it('is a sign of life', () => {
    const { connection, transport, clock } = setupConnection({ heartbeat: 1_000 })
    connection.connect()
    transport.latest().open()
    clock.advance(900)
    sendBatch(transport.latest().sink, batch)
    clock.advance(999)
    expect(connection.getState()).toBe(OPEN)
    clock.advance(1)
    expect(connection.getState()).toMatchObject({ error: { type: 'timeout' } })
  })

  it('leaves only its last id in memory, not its events', () => {
    const { connection, transport } = setupConnection()
    connection.connect()
    transport.latest().open()
    const read = vi.fn<() => string>(() => '7')
    const event = {
      ...serverSentEvent('tick'),
      get lastEventId() {
        return read()
      },
    }
    sendBatch(transport.latest().sink, [event])
    read.mockClear()
    connection.connect()
    expect(transport.latest().request.lastEventId).toBe('7')
    expect(read).not.toHaveBeenCalled()
  })

  it('drops repeated events with dedupe', () => {
    const { connection, transport, received } = setupConnection({ dedupe: 3 })
    connection.connect()
    transport.latest().open()
    sendBatch(transport.latest().sink, batch)
    transport.latest().drop()
    transport.latest().open()
    sendBatch(transport.latest().sink, [...batch.slice(1), serverSentEvent('tick', '5', '5')])
    expect(received.map(({ data }) => data)).toEqual(['1', '2', '3', '4', '5'])
  })
})

describe('sink.alive()', () => {
  it('restarts the heartbeat, and has no other effect', () => {
    const { connection, transport, clock, received, states, log } = setupConnection({
      heartbeat: 15_000,
    })
    connection.connect()
    transport.latest().open()
    const before = [states.length, log.length]
    for (let n = 0; n < 10; n++) {
      clock.advance(14_000)
      transport.latest().sink.alive()
    }
    expect(connection.getState()).toBe(OPEN)
    expect([states.length, log.length]).toEqual(before)
    expect(received).toEqual([])
    clock.advance(14_999)
    expect(connection.getState()).toBe(OPEN)
    clock.advance(1)
    expect(connection.getState()).toMatchObject({
      status: 'reconnecting',
      error: { type: 'timeout', message: 'Nothing came for 15000 ms' },
    })
  })
})

describe('sink.retry()', () => {
  it('replaces the initial delay from the next loss on', () => {
    const { connection, transport, clock, states } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().open()
    const before = states.length
    transport.latest().sink.retry(50)
    expect(states).toHaveLength(before)
    const waits = [1, 2, 3].map(() => {
      transport.latest().fail()
      const wait = Number(connection.getState().retryAt) - clock.now()
      clock.advance(wait)
      return wait
    })
    expect(waits).toEqual([50, 100, 200])
    transport.latest().sink.retry(99_999_999_999)
    transport.latest().fail()
    expect(connection.getState().retryAt).toBe(clock.now() + 30_000)
  })

  it('does not move a pending attempt', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().open()
    const { sink } = transport.latest()
    transport.latest().fail()
    const { retryAt } = connection.getState()
    sink.retry(0)
    expect(connection.getState().retryAt).toBe(retryAt)
    clock.advance(1_000)
    transport.latest().fail()
    expect(connection.getState().retryAt).toBe(clock.now() + 2_000)
  })

  it('stays in effect after connect(), which restarts the count', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().sink.retry(70)
    transport.latest().fail()
    connection.connect()
    transport.latest().fail()
    expect(connection.getState()).toMatchObject({ attempt: 1, retryAt: clock.now() + 70 })
  })
})

describe('sink.done() and sink.end()', () => {
  it('done() closes for good, because the server has finished', () => {
    const { connection, transport, clock, log } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().open()
    transport.latest().done()
    expect(connection.getState()).toEqual({ ...HALTED, status: 'closed', reason: 'done' })
    expect(log.at(-1)).toEqual(['onClose', { reason: 'done', error: null }])
    expect(log.map(([name]) => name)).not.toContain('onError')
    expect(transport.live()).toHaveLength(0)
    expect(clock.pending()).toBe(0)
    clock.wake()
    clock.wake(true)
    clock.advance(1e9)
    expect(transport.attempts).toHaveLength(1)
  })

  it('done() may come in place of an answer to a retry', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().fail()
    clock.advance(1_000)
    transport.latest().done()
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'done', error: null })
  })

  it.each([undefined, STEADY])('end() is a loss like any other, with retry %j', (retry) => {
    const until = ({ data }: { data: string }): boolean => data === '[DONE]'
    for (const options of [{}, { until }]) {
      const { connection, transport, clock, log } = setupConnection({ retry, ...options })
      connection.connect()
      transport.latest().open()
      clock.advance(5_000)
      transport.latest().end()
      expect(connection.getState()).toMatchObject({
        status: 'reconnecting',
        attempt: 1,
        error: { type: 'network', message: 'ended' },
      })
      expect(log.map(([name]) => name)).toEqual(['onOpen', 'onError'])
      clock.advance(1_000)
      expect(transport.live()).toHaveLength(1)
    }
  })

  it('end() counts as a failure, and closes once the attempts are used up', () => {
    const { connection, transport, clock } = setupConnection({
      retry: { ...STEADY, maxAttempts: 1 },
    })
    connection.connect()
    for (const status of ['reconnecting', 'closed']) {
      transport.latest().open()
      transport.latest().end()
      expect(connection.getState().status).toBe(status)
      clock.advance(1_000)
    }
    expect(connection.getState()).toMatchObject({ reason: 'failed', error: { message: 'ended' } })
  })

  it('end() closes as failed when retry is false', () => {
    const { connection, transport } = setupConnection({ retry: false })
    connection.connect()
    transport.latest().end()
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
  })
})

describe('a transport that reports after its attempt has ended', () => {
  it.each(['connect', 'close', 'fail', 'done'] as const)('is ignored after %s()', (end) => {
    const { connection, transport, clock, received, log } = setupConnection({
      retry: STEADY,
      heartbeat: 10_000,
    })
    connection.connect()
    transport.latest().open()
    const { sink } = transport.latest()
    if (end === 'connect' || end === 'close') connection[end]()
    else transport.latest()[end]()
    const before = connection.getState()
    const count = log.length
    sink.id('late')
    sink.retry(7)
    sink.alive()
    sink.event(serverSentEvent('tick', 'late', 'late'))
    sink.open()
    sink.end(new EventSourceError('network', 'late'))
    sink.done()
    expect(connection.getState()).toBe(before)
    expect(log).toHaveLength(count)
    expect(received).toEqual([])
    connection.connect()
    expect(transport.latest().request.lastEventId).toBe('')
    transport.latest().fail()
    expect(connection.getState().retryAt).toBe(clock.now() + 1_000)
  })
})

function sendBatch(sink: TransportSink, events: readonly ServerSentEvent[]): void {
  sink.batch(() => events.forEach(sink.event))
}
