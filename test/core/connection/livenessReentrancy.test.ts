import { EventSourceError, type TransportSink } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { CONNECTING, IDLE } from '../../../src/core/connection/state.ts'
import { STEADY, setupConnection } from './setupConnection.ts'

const LATE = { initialDelay: 30_000, jitter: false }
const HOUR = 3_600_000

describe('a callback that acts on the connection', () => {
  it('may dispose of it for good, even when a wake has just used up its attempts', () => {
    const made = setupConnection({ retry: { ...STEADY, maxAttempts: 0 } })
    const { connection, clock, transport } = made
    made.onCall = (name) => name === 'onClose' && connection.dispose()
    connection.connect()
    clock.wake(true)
    expect(connection.getState()).toBe(IDLE)
    expect(transport.live()).toEqual([])
    expect([clock.pending(), clock.wakers()]).toEqual([0, 0])
  })

  it.each(['resetTimer', 'wake'] as const)(
    'leaves one timer when it calls %s after retryAt has moved',
    (method) => {
      let times = 0
      const made = setupConnection({ retry: LATE }, ({ retryAt }) => {
        if (retryAt === null || ++times !== 2) return
        if (method === 'resetTimer') made.connection.resetTimer()
        else made.clock.wake()
      })
      const { connection, clock, transport } = made
      connection.connect()
      transport.latest().fail()
      clock.advance(1_000)
      clock.wake()
      expect(times).toBe(2)
      expect(clock.pending()).toBe(1)
      connection.dispose()
      expect(clock.pending()).toBe(0)
    },
  )

  it('leaves no timer when the network is lost again while its return is reported', () => {
    const made = setupConnection({ retry: LATE }, ({ status, retryAt }) => {
      if (status !== 'reconnecting' || retryAt === null || !isBack) return
      made.clock.online = false
      made.clock.wake()
    })
    let isBack = false
    const { connection, clock, transport } = made
    connection.connect()
    transport.latest().fail()
    clock.online = false
    clock.wake()
    isBack = true
    clock.online = true
    clock.wake()
    expect(connection.getState().retryAt).toBe(null)
    expect(clock.pending()).toBe(0)
    clock.advance(HOUR)
    expect(transport.attempts).toHaveLength(1)
  })

  it('makes one attempt when it reconnects in response to the connecting state', () => {
    let isDone = false
    const made = setupConnection({}, (state) => {
      if (isDone || state !== CONNECTING) return
      isDone = true
      made.connection.connect()
    })
    const { connection, clock, transport } = made
    const busy = new EventSourceError('http', 'busy', { status: 503, retryAfter: 2_000 })
    transport.whileOpening = ({ sink }) => sink.fail(busy)
    connection.connect()
    expect(transport.attempts).toHaveLength(1)
    expect(connection.getState()).toMatchObject({ status: 'reconnecting', attempt: 1 })
    expect(connection.getState().retryAt).toBeGreaterThanOrEqual(clock.now() + 2_000)
    expect(clock.pending()).toBe(1)
  })
})

describe('a transport whose open() throws after its attempt has ended', () => {
  it.each(['connect', 'close', 'dispose'] as const)(
    'changes nothing when onOpen has called %s()',
    (method) => {
      const made = setupConnection({ connectTimeout: 60_000 })
      const { connection, clock, transport, log } = made
      made.onCall = (name) => name === 'onOpen' && connection[method]()
      transport.whileOpening = (attempt) => {
        transport.whileOpening = undefined
        attempt.open()
        attempt.close()
        throw new Error('too late')
      }
      connection.connect()
      const status = { connect: 'connecting', close: 'closed', dispose: 'idle' }[method]
      const isConnected = method === 'connect'
      expect(connection.getState()).toMatchObject({ status, error: null })
      expect(transport.live()).toHaveLength(Number(isConnected))
      expect(clock.pending()).toBe(Number(isConnected))
      expect(log.map(([name]) => name)).not.toContain('onError')
    },
  )
})

describe('a transport that reports from close()', () => {
  it.each<[string, (sink: TransportSink) => void]>([
    ['a failure', (sink) => sink.fail(new EventSourceError('network', 'aborted'))],
    ['a drop', (sink) => sink.drop(new EventSourceError('network', 'aborted'))],
    ['an end', (sink) => sink.done()],
  ])('is ignored: %s', (_, report) => {
    for (const method of ['close', 'dispose', 'connect'] as const) {
      const { connection, clock, options, states, log } = setupConnection({ connectTimeout: false })
      let hasReported = false
      options.transport = {
        key: 'talkative',
        open: (_, sink) => ({
          listen() {},
          close() {
            if (hasReported) return
            hasReported = true
            report(sink)
          },
        }),
      }
      connection.connect()
      connection[method]()
      expect(hasReported).toBe(true)
      const isClosed = method === 'close'
      expect(states.map(({ status }) => status)).toEqual([
        'connecting',
        ...(isClosed ? ['closed'] : []),
      ])
      expect(log.map(([name]) => name)).toEqual(isClosed ? ['onClose'] : [])
      expect(clock.pending()).toBe(0)
    }
  })
})
