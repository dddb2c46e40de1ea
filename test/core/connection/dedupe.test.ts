import type { EventSourceOptions } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { serverSentEvent } from '../../support/scriptedTransport.ts'
import { setupConnection, STEADY } from './setupConnection.ts'

describe('dedupe', () => {
  it('is off by default, so a repeated event arrives twice', () => {
    const { send, data } = setupOpen()
    send(['a', 'b', 'b'])
    expect(data()).toBe('a b b')
  })

  it('drops an event whose id is among the last `dedupe` ids', () => {
    const { send, data } = setupOpen({ dedupe: 2 })
    send(['a', 'b', 'b', 'a', 'c', 'a'])
    expect(data()).toBe('a b c a')
  })

  it('drops what a server repeats after a retry and after connect()', () => {
    const { send, data, transport, clock, connection } = setupOpen({ dedupe: 3, retry: STEADY })
    send(['a', 'b'])
    transport.latest().fail()
    clock.advance(1_000)
    transport.latest().open()
    expect(transport.latest().request.lastEventId).toBe('b')
    send(['b', 'c'])
    connection.connect()
    transport.latest().open()
    send(['b', 'c', 'd'])
    expect(data()).toBe('a b c d')
  })

  it('compares events by id alone, and never drops one without an id', () => {
    const { send, received, transport } = setupOpen({ dedupe: 5 })
    send(['', '', 'a'])
    transport.latest().emit('message', 'another', 'a')
    transport.latest().emit('tick', 'without')
    expect(received.map(({ lastEventId }) => lastEventId)).toEqual(['', '', 'a', 'a'])
  })

  it('does not take the last event id back to that of a dropped event', () => {
    const { send, data, transport, connection } = setupOpen({ dedupe: 5 })
    send(['a', 'b', 'a'])
    expect(data()).toBe('a b')
    connection.connect()
    expect(transport.latest().request.lastEventId).toBe('b')
  })

  it('delivers every event that inherits its id', () => {
    const { received, transport } = setupOpen({ dedupe: 5 })
    const latest = transport.latest()
    latest.emit('tick', '1', 'a')
    latest.emit('tick', '2')
    latest.emit('tick', '3')
    expect(received.map(({ data }) => data)).toEqual(['1', '2', '3'])
  })

  it('takes an id for inherited after the first new id, where the transport does not know', () => {
    const { received, transport } = setupOpen({ dedupe: 5 })
    const send = (data: string, id: string) =>
      transport.latest().sink.event(serverSentEvent('tick', data, id))
    send('1', 'a')
    send('2', 'a')
    transport.latest().drop()
    transport.latest().open()
    send('1', 'a')
    send('3', 'b')
    send('4', 'b')
    expect(received.map(({ data }) => data)).toEqual(['1', '2', '3', '4'])
  })

  it('treats a dropped event as a sign of life', () => {
    const { send, clock, connection } = setupOpen({ dedupe: 1, heartbeat: 1_000 })
    for (let n = 0; n < 10; n++) {
      clock.advance(900)
      send(['a'])
    }
    expect(connection.getState().status).toBe('open')
  })

  it('passes only new events to until', () => {
    const until = vi.fn(({ data }: { data: string }) => data === 'end')
    const { send, connection } = setupOpen({ dedupe: 2, until })
    send(['a', 'a', 'b'])
    expect(until.mock.calls.map(([{ data }]) => data)).toEqual(['a', 'b'])
    send(['end'])
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'done' })
  })

  it('drops the event that until matched when it comes again after connect()', () => {
    const { send, connection, transport, received } = setupOpen({
      dedupe: 2,
      until: ({ data }) => data === 'end',
    })
    send(['end'])
    connection.connect()
    transport.latest().open()
    send(['end', 'more'])
    expect(connection.getState().status).toBe('open')
    expect(received.map(({ data }) => data)).toEqual(['more'])
  })

  it('does not know the id that the stream started after', () => {
    const { send, data } = setupOpen({ dedupe: 2, lastEventId: 'a' })
    send(['a', 'b'])
    expect(data()).toBe('a b')
  })

  it('follows a change of the option', () => {
    const { send, data, options } = setupOpen()
    send(['a', 'a'])
    options.dedupe = 2
    send(['a', 'a', 'b', 'b'])
    options.dedupe = 0
    send(['c', 'c', 'c'])
    expect(data()).toBe('a a a b c c c')
  })

  it('keeps no more ids than it was asked to', () => {
    const { send, received } = setupOpen({ dedupe: 100 })
    const ids = Array.from({ length: 5_000 }, (_, n) => `id ${n}`)
    send(ids)
    send(ids)
    expect(received).toHaveLength(10_000)
  })
})

/** Creates an open connection, and records the data of its events. */
function setupOpen(given: EventSourceOptions = {}) {
  const made = setupConnection(given)
  made.connection.connect()
  made.transport.latest().open()
  return {
    ...made,
    /** Sends an event for each id, with the id as its data. */
    send(ids: readonly string[]) {
      for (const id of ids) made.transport.latest().emit('tick', id, id)
    },
    data: () => made.received.map(({ data }) => data).join(' '),
  }
}
