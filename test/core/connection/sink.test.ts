import { EventSourceError, type ServerSentEvent, type TransportSink } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { OPEN } from '../../../src/core/connection/state.ts'
import { serverSentEvent } from '../../support/scriptedTransport.ts'
import { HALTED, setupDriver, STEADY } from './setupDriver.ts'

describe('id', () => {
  it('is where the next attempt resumes, without an event for anyone', () => {
    const { driver, transport, clock, received, states } = setupDriver({ retry: STEADY })
    driver.connect()
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

  it('takes the last event id back where it is none', () => {
    const { driver, transport } = setupDriver({ lastEventId: 'start' })
    driver.connect()
    transport.latest().open()
    transport.latest().sink.id('')
    driver.connect()
    expect(transport.latest().request.lastEventId).toBe('')
  })

  it('is what onOpen says, where it came before', () => {
    const { driver, transport, log } = setupDriver()
    driver.connect()
    transport.latest().open()
    transport.latest().sink.id('5')
    driver.connect()
    transport.latest().open()
    expect(log.at(-1)).toEqual(['onOpen', { reconnected: true, downFor: 0, lastEventId: '5' }])
  })
})

describe('several events at once', () => {
  const batch = ['1', '2', '3', '4'].map((id) => serverSentEvent('tick', id, id))

  it('are heard one by one and in order, and the last is where the next attempt resumes', () => {
    const { driver, transport, received } = setupDriver()
    driver.connect()
    transport.latest().open()
    tell(transport.latest().sink, batch)
    transport.latest().sink.batch(() => {})
    expect(received).toEqual(batch)
    driver.connect()
    expect(transport.latest().request.lastEventId).toBe('4')
  })

  it('are heard up to the one that until ends at', () => {
    const { driver, transport, received } = setupDriver({ until: ({ data }) => data === '3' })
    driver.connect()
    transport.latest().open()
    tell(transport.latest().sink, batch)
    expect(received).toEqual(batch.slice(0, 2))
    expect(driver.getState()).toMatchObject({ status: 'closed', reason: 'done' })
    driver.connect()
    expect(transport.latest().request.lastEventId).toBe('3')
  })

  it.each(['close', 'connect'] as const)(
    'are heard up to the one whose subscriber calls %s, after which the next attempt resumes',
    (action) => {
      const made = setupDriver()
      const { driver, transport, received } = made
      made.onEvent = ({ data }) => {
        if (data === '2') driver[action]()
      }
      driver.connect()
      transport.latest().open()
      const { sink } = transport.latest()
      tell(sink, batch)
      tell(sink, batch)
      expect(received).toEqual(batch.slice(0, 2))
      if (action === 'close') driver.connect()
      expect(transport.attempts).toHaveLength(2)
      expect(transport.latest().request.lastEventId).toBe('2')
    },
  )

  it('are a sign of life, once for all', () => {
    const { driver, transport, clock } = setupDriver({ heartbeat: 1_000 })
    driver.connect()
    transport.latest().open()
    clock.advance(900)
    tell(transport.latest().sink, batch)
    clock.advance(999)
    expect(driver.getState()).toBe(OPEN)
    clock.advance(1)
    expect(driver.getState()).toMatchObject({ error: { type: 'timeout' } })
  })

  it('are let go but for the last id, so that nothing is kept for it', () => {
    const { driver, transport } = setupDriver()
    driver.connect()
    transport.latest().open()
    const read = vi.fn<() => string>(() => '7')
    const event = {
      ...serverSentEvent('tick'),
      get lastEventId() {
        return read()
      },
    }
    tell(transport.latest().sink, [event])
    read.mockClear()
    driver.connect()
    expect(transport.latest().request.lastEventId).toBe('7')
    expect(read).not.toHaveBeenCalled()
  })

  it('lack those that came before, where repeats are dropped', () => {
    const { driver, transport, received } = setupDriver({ dedupe: 3 })
    driver.connect()
    transport.latest().open()
    tell(transport.latest().sink, batch)
    tell(transport.latest().sink, [...batch.slice(1), serverSentEvent('tick', '5', '5')])
    expect(received.map(({ data }) => data)).toEqual(['1', '2', '3', '4', '5'])
  })
})

describe('alive', () => {
  it('counts against the heartbeat, and is nothing else', () => {
    const { driver, transport, clock, received, states, log } = setupDriver({ heartbeat: 15_000 })
    driver.connect()
    transport.latest().open()
    const before = [states.length, log.length]
    for (let n = 0; n < 10; n++) {
      clock.advance(14_000)
      transport.latest().sink.alive()
    }
    expect(driver.getState()).toBe(OPEN)
    expect([states.length, log.length]).toEqual(before)
    expect(received).toEqual([])
    clock.advance(14_999)
    expect(driver.getState()).toBe(OPEN)
    clock.advance(1)
    expect(driver.getState()).toMatchObject({
      status: 'reconnecting',
      error: { type: 'timeout', message: 'Nothing came for 15000 ms' },
    })
  })
})

describe('retry', () => {
  it('takes the place of the initial delay, from the next loss on', () => {
    const { driver, transport, clock, states } = setupDriver({ retry: STEADY })
    driver.connect()
    transport.latest().open()
    const before = states.length
    transport.latest().sink.retry(50)
    expect(states).toHaveLength(before)
    const waits = [1, 2, 3].map(() => {
      transport.latest().fail()
      const wait = Number(driver.getState().retryAt) - clock.now()
      clock.advance(wait)
      return wait
    })
    expect(waits).toEqual([50, 100, 200])
    transport.latest().sink.retry(99_999_999_999)
    transport.latest().fail()
    expect(driver.getState().retryAt).toBe(clock.now() + 30_000)
  })

  it('moves no attempt that is waited for', () => {
    const { driver, transport, clock } = setupDriver({ retry: STEADY })
    driver.connect()
    transport.latest().open()
    const { sink } = transport.latest()
    transport.latest().fail()
    const { retryAt } = driver.getState()
    sink.retry(0)
    expect(driver.getState().retryAt).toBe(retryAt)
    clock.advance(1_000)
    transport.latest().fail()
    expect(driver.getState().retryAt).toBe(clock.now() + 2_000)
  })

  it('is remembered after reconnect(), which counts anew', () => {
    const { driver, transport, clock } = setupDriver({ retry: STEADY })
    driver.connect()
    transport.latest().sink.retry(70)
    transport.latest().fail()
    driver.connect()
    transport.latest().fail()
    expect(driver.getState()).toMatchObject({ attempt: 1, retryAt: clock.now() + 70 })
  })
})

describe('done', () => {
  it('closes for good: the server has no more to say', () => {
    const { driver, transport, clock, log } = setupDriver({ retry: STEADY })
    driver.connect()
    transport.latest().open()
    transport.latest().done()
    expect(driver.getState()).toEqual({ ...HALTED, status: 'closed', reason: 'done' })
    expect(log.at(-1)).toEqual(['onClose', { reason: 'done', error: null }])
    expect(log.map(([name]) => name)).not.toContain('onError')
    expect(transport.live()).toHaveLength(0)
    expect(clock.pending()).toBe(0)
    clock.wake()
    clock.wake(true)
    clock.advance(1e9)
    expect(transport.attempts).toHaveLength(1)
  })

  it('may come in place of an answer, and of one to a retry', () => {
    const { driver, transport, clock } = setupDriver({ retry: STEADY })
    driver.connect()
    transport.latest().fail()
    clock.advance(1_000)
    transport.latest().done()
    expect(driver.getState()).toMatchObject({ status: 'closed', reason: 'done', error: null })
  })

  it.each([undefined, STEADY])('is a loss like any other where it has only ended: %j', (retry) => {
    const until = ({ data }: { data: string }): boolean => data === '[DONE]'
    for (const options of [{}, { until }]) {
      const { driver, transport, clock, log } = setupDriver({ retry, ...options })
      driver.connect()
      transport.latest().open()
      clock.advance(5_000)
      transport.latest().done(true)
      expect(driver.getState()).toMatchObject({
        status: 'reconnecting',
        attempt: 1,
        error: { type: 'network', message: 'ended' },
      })
      expect(log.map(([name]) => name)).toEqual(['onOpen', 'onError'])
      clock.advance(1_000)
      expect(transport.live()).toHaveLength(1)
    }
  })

  it('that has only ended counts like a failure, and closes once the attempts are used up', () => {
    const { driver, transport, clock } = setupDriver({ retry: { ...STEADY, attempts: 1 } })
    driver.connect()
    for (const status of ['reconnecting', 'closed']) {
      transport.latest().open()
      transport.latest().done(true)
      expect(driver.getState().status).toBe(status)
      clock.advance(1_000)
    }
    expect(driver.getState()).toMatchObject({ reason: 'failed', error: { message: 'ended' } })
  })

  it('closes as failed where it has only ended and retry is false', () => {
    const { driver, transport } = setupDriver({ retry: false })
    driver.connect()
    transport.latest().done(true)
    expect(driver.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
  })
})

describe('a transport that says more after its attempt is over', () => {
  it.each(['connect', 'close', 'fail', 'done'] as const)('is not heard after %s', (end) => {
    const { driver, transport, clock, received, log } = setupDriver({
      retry: STEADY,
      heartbeat: 10_000,
    })
    driver.connect()
    transport.latest().open()
    const { sink } = transport.latest()
    if (end === 'connect' || end === 'close') driver[end]()
    else transport.latest()[end]()
    const before = driver.getState()
    const count = log.length
    sink.id('late')
    sink.retry(7)
    sink.alive()
    sink.event(serverSentEvent('tick', 'late', 'late'))
    sink.open()
    sink.done(new EventSourceError('network', 'late'))
    sink.done()
    expect(driver.getState()).toBe(before)
    expect(log).toHaveLength(count)
    expect(received).toEqual([])
    driver.connect()
    expect(transport.latest().request.lastEventId).toBe('')
    transport.latest().fail()
    expect(driver.getState().retryAt).toBe(clock.now() + 1_000)
  })
})

function tell(sink: TransportSink, events: readonly ServerSentEvent[]): void {
  sink.batch(() => events.forEach(sink.event))
}
