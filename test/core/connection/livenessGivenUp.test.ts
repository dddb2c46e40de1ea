import type { EventSourceOptions } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { CONNECTING, IDLE, OPEN } from '../../../src/core/connection/state.ts'
import { STEADY } from './setupConnection.ts'
import { giveUp, setupStream, type StreamSetup } from './setupStream.ts'

const HOUR = 3_600_000
const ONE_MORE = { ...STEADY, maxAttempts: 1 }

describe('a connection that closed after too many attempts', () => {
  it('starts over at the next wake, with all its attempts and after the last event id', () => {
    const setup = setupStream({ retry: ONE_MORE })
    const { connection, clock, transport } = setup
    setup.open().emit('tick', '', '7')
    transport.latest().fail()
    clock.advance(1_000)
    transport.latest().fail()
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
    clock.advance(HOUR)
    expect(transport.attempts).toHaveLength(2)
    clock.wake()
    expect(connection.getState()).toBe(CONNECTING)
    expect(transport.attempts).toHaveLength(3)
    expect(transport.latest().request).toMatchObject({ lastEventId: '7', attempt: 0, error: null })
    const error = transport.latest().fail()
    expect(error.attempt).toBe(1)
    expect(connection.getState()).toMatchObject({
      status: 'reconnecting',
      retryAt: clock.now() + 1_000,
    })
    clock.advance(1_000)
    transport.latest().open()
    expect(connection.getState()).toBe(OPEN)
  })

  it('starts over once, for a thousand wakes at once', () => {
    const setup = setupStream({ retry: ONE_MORE })
    giveUp(setup)
    for (let i = 0; i < 1_000; i++) setup.clock.wake()
    setup.clock.advance(0)
    expect(setup.transport.attempts).toHaveLength(3)
    expect(setup.transport.live()).toHaveLength(1)
  })

  it('starts over again after it has closed again', () => {
    const setup = setupStream({ retry: { ...STEADY, maxAttempts: 0 } })
    setup.connection.connect()
    for (let i = 1; i < 9; i++) {
      setup.transport.latest().fail()
      expect(setup.connection.getState().status).toBe('closed')
      setup.clock.wake()
      expect(setup.connection.getState()).toBe(CONNECTING)
      expect(setup.transport.attempts).toHaveLength(i + 1)
    }
  })

  it('starts over only with a network', () => {
    const setup = setupStream({ retry: ONE_MORE })
    giveUp(setup)
    setup.clock.online = false
    setup.clock.wake()
    setup.clock.wake(true)
    setup.clock.advance(HOUR)
    expect(setup.connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
    setup.clock.online = true
    setup.clock.wake()
    expect(setup.connection.getState()).toBe(CONNECTING)
  })

  it('stays closed after close()', () => {
    const setup = setupStream({ retry: ONE_MORE })
    giveUp(setup)
    setup.connection.close()
    expectNoWake(setup)
  })

  it('stays idle after dispose()', () => {
    const setup = setupStream({ retry: ONE_MORE })
    giveUp(setup)
    setup.connection.dispose()
    expectNoWake(setup)
    expect(setup.connection.getState()).toBe(IDLE)
  })
})

describe('a connection that closed for any other reason stays closed at a wake', () => {
  const until: EventSourceOptions['until'] = ({ data }) => data === '[DONE]'

  it.each<[string, EventSourceOptions, (setup: StreamSetup) => void]>([
    ['a final answer', { retry: ONE_MORE }, ({ open }) => open().fail(true)],
    [
      'a final answer after too many attempts',
      { retry: { ...STEADY, maxAttempts: 0 } },
      ({ open }) => open().fail(true),
    ],
    ['retry: false', { retry: false }, ({ open }) => open().fail()],
    ['a retry function', { retry: () => false }, ({ open }) => open().fail()],
    ['close()', { retry: ONE_MORE }, ({ open, connection }) => (open(), connection.close())],
    ['until', { retry: ONE_MORE, until }, ({ open }) => open().emit('tick', '[DONE]')],
    ['done', { retry: ONE_MORE }, ({ open }) => open().done()],
    [
      'the end of a once-only request',
      {},
      (setup) => {
        setup.transport.once = true
        setup.open().end()
      },
    ],
    [
      'the failure of a once-only request',
      {},
      (setup) => {
        setup.transport.once = true
        setup.open().fail()
      },
    ],
    [
      'a failure of a once-only request that the transport reports as not final',
      {},
      (setup) => {
        setup.transport.once = true
        setup.open().fail(false)
      },
    ],
    [
      'close() after it had started over',
      { retry: ONE_MORE },
      (setup) => {
        giveUp(setup)
        setup.clock.wake()
        setup.connection.close()
      },
    ],
  ])('%s', (_, options, bring) => {
    const setup = setupStream(options)
    bring(setup)
    expect(setup.connection.getState().status).toBe('closed')
    expectNoWake(setup)
  })
})

/** Checks that no wake reopens the connection. */
function expectNoWake({ connection, clock, transport, log }: StreamSetup): void {
  const before = [connection.getState(), log.length, transport.attempts.length]
  clock.wake()
  clock.wake(true)
  clock.online = false
  clock.wake()
  clock.advance(HOUR)
  clock.online = true
  clock.wake()
  clock.advance(HOUR)
  expect([connection.getState(), log.length, transport.attempts.length]).toEqual(before)
  expect(clock.pending()).toBe(0)
}
