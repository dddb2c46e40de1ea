import { EventSourceError, type Retry } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { setupStream, type StreamSetup } from './setupStream.ts'

const MINUTE = 60_000
/** Four at once, then four a second. */
const MOST_IN_A_MINUTE = 4 + 4 * 60

describe('the requests of a connection', () => {
  it.each<[string, Retry]>([
    ['initialDelay 0 and factor 1', { initialDelay: 0, factor: 1 }],
    ['maxDelay 0', { maxDelay: 0 }],
    ['a factor of 0', { factor: 0, initialDelay: 1 }],
    ['a factor of 0.5', { factor: 0.5 }],
    ['a delay of NaN', { initialDelay: Number.NaN }],
    ['a factor of NaN', { factor: Number.NaN, maxDelay: 1 }],
    ['negative delays', { initialDelay: -5_000, maxDelay: -1, jitter: false }],
  ])('are at most four a second in the long run with %s', (_, retry) => {
    const setup = setupStream({ retry })
    refuse(setup)
    setup.connection.connect()
    setup.clock.advance(MINUTE)
    expect(setup.transport.attempts.length).toBeGreaterThan(4)
    expect(setup.transport.attempts.length).toBeLessThanOrEqual(MOST_IN_A_MINUTE)
  })

  it('are at most four a second when the server ends each stream and asks to retry at once', () => {
    const setup = setupStream()
    endEach(setup, 0)
    setup.connection.connect()
    setup.clock.advance(MINUTE)
    expect(setup.transport.attempts.length).toBeGreaterThan(60)
    expect(setup.transport.attempts.length).toBeLessThanOrEqual(MOST_IN_A_MINUTE)
  })

  it('are at most four a second while wakes come all the time', () => {
    const setup = setupStream()
    refuse(setup)
    setup.connection.connect()
    for (let ms = 0; ms < MINUTE; ms += 20) {
      setup.clock.wake()
      setup.clock.advance(20)
    }
    expect(setup.transport.attempts.length).toBeLessThanOrEqual(MOST_IN_A_MINUTE)
  })

  it('may follow each other at once a few times, also after a long stream', () => {
    const setup = setupStream({ retry: { initialDelay: 10, factor: 1, jitter: false } })
    for (let round = 0; round < 2; round++) {
      setup.connection.connect()
      for (let n = 0; n < 3; n++) {
        setup.transport.latest().fail()
        expect(setup.connection.getState().retryAt).toBe(setup.clock.now() + 10)
        setup.clock.advance(10)
      }
      setup.transport.latest().fail()
      expect(setup.connection.getState().retryAt).toBe(setup.clock.now() + 220)
      setup.clock.advance(220)
      setup.transport.latest().open()
      setup.clock.advance(MINUTE)
    }
  })

  it('are not held back for as long as the clock was set back', () => {
    const setup = setupStream({ retry: { initialDelay: 10, factor: 1, jitter: false } })
    setup.connection.connect()
    setup.clock.jump(-3_600_000)
    for (let n = 0; n < 8; n++) {
      setup.transport.latest().fail()
      setup.clock.advance(1_000)
      expect(setup.transport.attempts).toHaveLength(n + 2)
    }
  })

  it('come as often as a retry function of the user says', () => {
    const setup = setupStream({ retry: () => 10 })
    refuse(setup)
    setup.connection.connect()
    setup.clock.advance(1_000)
    expect(setup.transport.attempts.length).toBeGreaterThan(90)
  })

  it('come at the pace that the server sets while each stream brings an event', () => {
    const setup = setupStream()
    endEach(setup, 200)
    setup.connection.connect()
    setup.clock.advance(12_000)
    expect(setup.transport.attempts.length).toBeGreaterThan(40)
  })

  it('become rarer while no stream brings an event', () => {
    const setup = setupStream()
    setup.transport.whileOpening = (attempt) => {
      attempt.sink.retry(200)
      attempt.open()
      attempt.end()
    }
    setup.connection.connect()
    setup.clock.advance(12_000)
    expect(setup.transport.attempts.length).toBeLessThan(12)
  })
})

describe('a stream that ends after an event', () => {
  it('counts as the first failure each time', () => {
    const { connection, transport, clock, log } = setupStream({ retry: { maxAttempts: 1 } })
    connection.connect()
    for (let n = 0; n < 5; n++) {
      transport.latest().open()
      transport.latest().emit('tick')
      transport.latest().end()
      expect(connection.getState()).toMatchObject({ status: 'reconnecting', attempt: 1 })
      clock.advance(1_000)
    }
    expect(log.filter(([name]) => name === 'onClose')).toEqual([])
  })

  it('still counts when it is lost, and when it brought nothing', () => {
    const { connection, transport, clock } = setupStream()
    connection.connect()
    for (const attempt of [1, 2, 3, 4]) {
      transport.latest().open()
      if (attempt % 2) transport.latest().emit('tick')
      transport.latest()[attempt % 2 ? 'fail' : 'end']()
      expect(connection.getState()).toMatchObject({ attempt })
      clock.advance(30_000)
    }
  })
})

describe('a nonsensical delay', () => {
  it('of Infinity from a retry function is replaced by the default', () => {
    const { connection, transport, clock } = setupStream({ retry: () => Number.POSITIVE_INFINITY })
    connection.connect()
    transport.latest().fail()
    expect(connection.getState().retryAt).toBe(clock.now() + 500)
  })

  it('never comes from an infinite maxDelay, even after 2,000 failures', () => {
    const { connection, transport, clock } = setupStream({
      retry: { maxDelay: Number.POSITIVE_INFINITY },
    })
    connection.connect()
    for (let n = 0; n < 2_000; n++) {
      transport.latest().fail()
      expect(connection.getState().retryAt).toBeGreaterThan(clock.now())
      clock.wake()
      clock.advance(250)
    }
    expect(transport.attempts).toHaveLength(2_001)
  })

  it('never comes from a clock that was set back while the stream was down', () => {
    const { connection, transport, clock, log } = setupStream()
    connection.connect()
    transport.latest().open()
    transport.latest().drop()
    clock.jump(-5_000)
    transport.latest().open()
    expect(log.at(-1)).toMatchObject(['onOpen', { reconnected: true, downFor: 0 }])
  })
})

function refuse({ transport }: StreamSetup): void {
  transport.whileOpening = ({ sink }) =>
    sink.fail(new EventSourceError('http', 'Unavailable', { status: 503 }))
}

function endEach({ transport }: StreamSetup, retry: number): void {
  transport.whileOpening = (attempt) => {
    attempt.sink.retry(retry)
    attempt.open()
    attempt.emit('tick')
    attempt.end()
  }
}
