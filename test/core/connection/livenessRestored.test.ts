import { describe, expect, it } from 'vitest'
import { CONNECTING } from '../../../src/core/connection/state.ts'
import { STEADY } from './setupConnection.ts'
import { setupStream, type StreamSetup } from './setupStream.ts'

const HOUR = 3_600_000
const LATE = { initialDelay: 30_000, jitter: false }

describe('a page restored from the back-forward cache', () => {
  it('replaces an open attempt at once, and resumes after the last event id', () => {
    const { connection, clock, transport, log, open } = setupStream({ retry: LATE })
    const first = open()
    first.emit('tick', '', '7')
    clock.jump(HOUR)
    clock.wake(true)
    const { error } = connection.getState()
    expect(error).toMatchObject({ type: 'timeout', message: 'The page was restored' })
    expect(log.at(-1)).toEqual(['onError', error])
    expect(first.isClosed).toBe(true)
    expect(connection.getState()).toMatchObject({ status: 'reconnecting', retryAt: clock.now() })
    clock.advance(0)
    expect(transport.live()).toEqual([transport.latest()])
    expect(transport.attempts).toHaveLength(2)
    expect(transport.latest().request.lastEventId).toBe('7')
    clock.advance(250)
    transport.latest().open()
    expect(log.at(-1)).toEqual(['onOpen', { reconnected: true, downFor: 250, lastEventId: '7' }])
  })

  it.each<[string, (setup: StreamSetup) => void]>([
    ['the first attempt', ({ connection }) => connection.connect()],
    ['a retry of the browser', ({ open }) => open().drop()],
    [
      'a later attempt',
      ({ open, clock }) => {
        open().fail()
        clock.advance(30_000)
      },
    ],
  ])('replaces %s at once', (_, bring) => {
    const setup = setupStream()
    bring(setup)
    const count = setup.transport.attempts.length
    setup.clock.wake(true)
    expect(setup.transport.live()).toEqual([])
    setup.clock.advance(0)
    expect(setup.transport.attempts).toHaveLength(count + 1)
    expect(setup.transport.live()).toHaveLength(1)
  })

  it('makes a pending attempt at once, and counts no failure', () => {
    const { connection, clock, transport, log, open } = setupStream({ retry: LATE })
    const error = open().fail()
    const before = log.length
    clock.wake(true)
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
    expect(connection.getState()).toMatchObject({ attempt: 1, error })
    expect(log).toHaveLength(before)
  })

  it('makes one attempt for a thousand wakes at once', () => {
    const { connection, clock, transport, open } = setupStream({ retry: LATE })
    open()
    for (let i = 0; i < 1_000; i++) clock.wake(true)
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
    expect(connection.getState().attempt).toBe(1)
  })

  it('leaves a once-only request alone, and replaces it when retry is given', () => {
    for (const [retry, isReplaced] of [
      [undefined, false],
      [STEADY, true],
    ] as const) {
      for (const isOpen of [false, true]) {
        const { connection, clock, transport, log } = setupStream({ retry })
        transport.once = true
        connection.connect()
        const first = transport.latest()
        if (isOpen) first.open()
        const before = connection.getState()
        log.length = 0
        clock.wake(true)
        clock.advance(0)
        expect(first.isClosed).toBe(isReplaced)
        expect(transport.attempts).toHaveLength(isReplaced ? 2 : 1)
        expect(connection.getState() === before).toBe(!isReplaced)
        expect(log).toHaveLength(isReplaced ? 1 : 0)
      }
    }
  })

  it('closes the connection when the policy allows no retry', () => {
    for (const retry of [false, () => false as const] as const) {
      const { connection, clock, transport, open } = setupStream({ retry })
      open()
      clock.wake(true)
      expect(connection.getState()).toMatchObject({
        status: 'closed',
        reason: 'failed',
        error: { type: 'timeout' },
      })
      clock.wake()
      clock.advance(HOUR)
      expect(transport.attempts).toHaveLength(1)
    }
  })

  it('starts over when the failure used up the attempts', () => {
    const { connection, clock, transport, log } = setupStream({
      retry: { ...STEADY, maxAttempts: 0 },
    })
    connection.connect()
    clock.wake(true)
    expect(connection.getState()).toBe(CONNECTING)
    expect(transport.live()).toEqual([transport.latest()])
    expect(transport.attempts).toHaveLength(2)
    expect(log.map(([name]) => name)).toEqual(['onError', 'onClose'])
  })

  it('waits for the network when offline', () => {
    const { connection, clock, transport, open } = setupStream()
    open()
    clock.online = false
    clock.wake(true)
    expect(connection.getState()).toMatchObject({ status: 'reconnecting', retryAt: null })
    expect(clock.pending()).toBe(0)
    clock.advance(HOUR)
    expect(transport.attempts).toHaveLength(1)
  })
})
