import { EventSourceError, type TransportSink } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { CONNECTING, IDLE } from '../../../src/core/connection/state.ts'
import { STEADY, setupConnection } from './setupConnection.ts'

const LATE = { initialDelay: 30_000, jitter: false }
const HOUR = 3_600_000

describe('a function of the user that acts while it is called', () => {
  it('stops it for good, also where it had just given up and was woken', () => {
    const made = setupConnection({ retry: { ...STEADY, maxAttempts: 0 } })
    const { connection, clock, transport } = made
    made.onCall = (name) => name === 'onClose' && connection.dispose()
    connection.connect()
    clock.wake(true)
    expect(connection.getState()).toBe(IDLE)
    expect(transport.live()).toEqual([])
    expect([clock.pending(), clock.wakers()]).toEqual([0, 0])
  })

  it.each(['rearmTimer', 'wake'] as const)(
    'leaves one timer where it asks for one itself, by a %s when the time to retry has moved',
    (what) => {
      let times = 0
      const made = setupConnection({ retry: LATE }, ({ retryAt }) => {
        if (retryAt === null || ++times !== 2) return
        if (what === 'rearmTimer') made.connection.rearmTimer()
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

  it('sets no timer where the network goes while it is told that it is back', () => {
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

  it('reconnects once where it does so while it is told of the first attempt', () => {
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

describe('a transport that throws while it opens, when its attempt is over', () => {
  it.each(['connect', 'close', 'dispose'] as const)(
    'changes nothing: by %s() in onOpen',
    (method) => {
      const made = setupConnection()
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

describe('a transport that says something while it is closed', () => {
  it.each<[string, (sink: TransportSink) => void]>([
    ['a failure', (sink) => sink.fail(new EventSourceError('network', 'aborted'))],
    ['a drop', (sink) => sink.drop(new EventSourceError('network', 'aborted'))],
    ['an end', (sink) => sink.done()],
  ])('is not heard: %s', (_, say) => {
    for (const method of ['close', 'dispose', 'connect'] as const) {
      const { connection, clock, options, states, log } = setupConnection({ connectTimeout: false })
      let hasSpoken = false
      options.transport = {
        key: 'talkative',
        open: (_, sink) => ({
          listen() {},
          close() {
            if (hasSpoken) return
            hasSpoken = true
            say(sink)
          },
        }),
      }
      connection.connect()
      connection[method]()
      expect(hasSpoken).toBe(true)
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
