import fc from 'fast-check'
import { type ConnectionState, EventSourceError } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { CONNECTING, IDLE, OPEN } from '../../../src/core/connection/state.ts'
import { createScriptedTransport, serverSentEvent } from '../../support/scriptedTransport.ts'
import { HALTED, type Setup, setupConnection, STEADY, URL_OF_STREAM } from './setupConnection.ts'

describe('connecting', () => {
  it('is idle, without an attempt, until connect() is called', () => {
    const { connection, transport } = setupConnection()
    expect(connection.getState()).toBe(IDLE)
    connection.close()
    connection.listen('tick')
    expect(connection.getState()).toBe(IDLE)
    expect(transport.attempts).toHaveLength(0)
  })

  it('passes the options and the event names to the transport', () => {
    const { connection, transport } = setupConnection({ withCredentials: true, lastEventId: '41' })
    connection.connect()
    expect(transport.latest().request).toMatchObject({
      url: URL_OF_STREAM,
      withCredentials: true,
      lastEventId: '41',
    })
    expect(transport.latest().names).toEqual(['message', 'tick'])
  })

  it('is connecting, then open', () => {
    const { connection, transport, states, log } = setupConnection()
    connection.connect()
    expect(connection.getState()).toBe(CONNECTING)
    expect(log).toEqual([])
    transport.latest().open()
    expect(states).toEqual([CONNECTING, OPEN])
    expect(log).toEqual([['onOpen', { reconnected: false, downFor: 0, lastEventId: '' }]])
  })

  it('passes a name that is added later to the current attempt', () => {
    const { connection, transport } = setupConnection()
    connection.connect()
    connection.listen('late')
    expect(transport.latest().names).toEqual(['message', 'tick', 'late'])
  })

  it('dispatches each event unchanged', () => {
    const { connection, transport, received } = setupConnection()
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', '1', 'a')
    transport.latest().emit('tick', '2')
    expect(received).toEqual([
      serverSentEvent('tick', '1', 'a', true),
      serverSentEvent('tick', '2', 'a', false),
    ])
  })

  it('lets the transport retry by itself only without a retry option', () => {
    for (const [retry, mayRetry] of [
      [undefined, true],
      [{}, false],
      [false, false],
      [() => 1, false],
    ] as const) {
      const { connection, transport } = setupConnection({ retry })
      connection.connect()
      expect(transport.latest().request.mayRetry).toBe(mayRetry)
    }
  })
})

describe('a drop', () => {
  it('makes the state reconnecting without a retryAt, and sets no timer', () => {
    const { connection, transport, clock, log } = setupConnection({ connectTimeout: false })
    connection.connect()
    transport.latest().open()
    const error = transport.latest().drop()
    expect(connection.getState()).toEqual({
      status: 'reconnecting',
      attempt: 1,
      retryAt: null,
      reason: null,
      error,
    })
    expect(clock.pending()).toBe(0)
    expect(transport.live()).toHaveLength(1)
    expect(log.at(-1)).toEqual(['onError', error])
  })

  it('ends when the same attempt opens again, and onOpen receives the downtime', () => {
    const { connection, transport, clock, log } = setupConnection()
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', '', '7')
    clock.advance(60_000)
    transport.latest().drop()
    clock.advance(1_500)
    transport.latest().drop()
    clock.advance(1_500)
    transport.latest().open()
    expect(connection.getState()).toBe(OPEN)
    expect(transport.attempts).toHaveLength(1)
    expect(log.at(-1)).toEqual(['onOpen', { reconnected: true, downFor: 3_000, lastEventId: '7' }])
  })

  it('counts as a failure, on the state and on the error', () => {
    const { connection, transport } = setupConnection()
    connection.connect()
    const errors = [1, 2, 3].map(() => transport.latest().drop())
    expect(errors.map((error) => error.attempt)).toEqual([1, 2, 3])
    expect(connection.getState().attempt).toBe(3)
  })

  it('leads to the retry policy once the transport gives up', () => {
    const { connection, transport, clock } = setupConnection()
    clock.luck = 0.25
    connection.connect()
    transport.latest().open()
    transport.latest().drop()
    transport.latest().fail()
    expect(transport.live()).toHaveLength(0)
    expect(connection.getState()).toMatchObject({ attempt: 2, retryAt: clock.now() + 500 })
    clock.advance(500)
    expect(transport.live()).toHaveLength(1)
  })
})

describe('a failure', () => {
  it('publishes the retryAt of the next attempt, and null during that attempt', () => {
    const { connection, transport, clock, states, log } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().open()
    const error = transport.latest().fail()
    const start = clock.now()
    const lost = { status: 'reconnecting', attempt: 1, reason: null, error }
    expect(transport.latest().isClosed).toBe(true)
    expect(connection.getState()).toEqual({ ...lost, retryAt: start + 1_000 })
    expect(log.at(-1)).toEqual(['onError', error])
    clock.advance(999)
    expect(transport.attempts).toHaveLength(1)
    clock.advance(1)
    expect(transport.live()).toHaveLength(1)
    expect(connection.getState()).toEqual({ ...lost, retryAt: null })
    transport.latest().open()
    expect(connection.getState()).toBe(OPEN)
    expect(states).toHaveLength(5)
  })

  it('lengthens the delay and the count from one attempt to the next', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    connection.connect()
    const waits = [1, 2, 3, 4].map((attempt) => {
      const error = transport.latest().fail()
      const { retryAt } = connection.getState()
      expect(connection.getState().attempt).toBe(attempt)
      expect(error.attempt).toBe(attempt)
      const wait = Number(retryAt) - clock.now()
      clock.advance(wait)
      return wait
    })
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000])
    expect(transport.attempts).toHaveLength(5)
  })

  it('passes the attempt, the error and the last event id to a retry function', () => {
    const retry = vi.fn(() => 5)
    const { connection, transport } = setupConnection({ retry, lastEventId: 'first' })
    connection.connect()
    const error = transport.latest().fail()
    expect(retry).toHaveBeenCalledExactlyOnceWith({
      attempt: 1,
      error,
      lastEventId: 'first',
      hasOpened: false,
      serverRetry: undefined,
    })
  })

  it('takes the jitter from the random numbers of the environment', () => {
    const { connection, transport, clock } = setupConnection({ retry: {} })
    clock.luck = 0.125
    connection.connect()
    transport.latest().fail()
    expect(connection.getState().retryAt).toBe(clock.now() + 125)
  })

  it('resumes after the last event id, and reads the option only for the first attempt', () => {
    const { connection, transport, clock, options } = setupConnection({
      retry: STEADY,
      lastEventId: 'server',
    })
    connection.connect()
    options.lastEventId = 'stale'
    transport.latest().fail()
    clock.advance(1_000)
    expect(transport.latest().request.lastEventId).toBe('server')
    transport.latest().open()
    transport.latest().emit('tick', '', '12')
    transport.latest().fail()
    clock.advance(2_000)
    expect(transport.attempts).toHaveLength(3)
    expect(transport.latest().request.lastEventId).toBe('12')
  })

  it('resumes without an id when the server has reset it', () => {
    const { connection, transport, log } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', '', '12')
    transport.latest().emit('tick', '', '')
    connection.connect()
    transport.latest().open()
    expect(transport.latest().request.lastEventId).toBe('')
    expect(log.at(-1)?.[1]).toMatchObject({ lastEventId: '' })
  })

  it('is retried with the current options', () => {
    const { connection, transport, clock, options } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().fail()
    const other = createScriptedTransport()
    options.transport = other
    options.withCredentials = true
    clock.advance(1_000)
    expect(transport.live()).toHaveLength(0)
    expect(other.latest().request.withCredentials).toBe(true)
  })

  it('closes the connection as failed once the attempts are used up', () => {
    const { connection, transport, clock, log } = setupConnection({
      retry: { ...STEADY, maxAttempts: 1 },
    })
    connection.connect()
    transport.latest().fail()
    clock.advance(1_000)
    const error = transport.latest().fail()
    expect(connection.getState()).toEqual({ ...HALTED, status: 'closed', reason: 'failed', error })
    expect(error.attempt).toBe(2)
    expect(clock.pending()).toBe(0)
    expect(transport.live()).toHaveLength(0)
    expect(log.slice(-2)).toEqual([
      ['onError', error],
      ['onClose', { reason: 'failed', error }],
    ])
  })

  it.each([
    ['retry is false', { retry: false as const }, undefined],
    ['the retry function returns false', { retry: () => false as const }, undefined],
    ['the transport reports it as final', { retry: STEADY }, true],
  ])('closes the connection as failed at once when %s', (_, options, final) => {
    const { connection, transport, clock, log } = setupConnection(options)
    connection.connect()
    transport.latest().open()
    const error = transport.latest().fail(final)
    expect(connection.getState()).toEqual({ ...HALTED, status: 'closed', reason: 'failed', error })
    expect(clock.pending()).toBe(0)
    expect(log.map(([name]) => name)).toEqual(['onOpen', 'onError', 'onClose'])
  })

  it('is final, of type "unsupported", when the transport throws', () => {
    const { connection, transport, clock, log } = setupConnection({ retry: STEADY })
    const cause = new ReferenceError('EventSource is not defined')
    transport.whileOpening = () => {
      throw cause
    }
    connection.connect()
    const state = connection.getState()
    expect(state).toMatchObject({ status: 'closed', reason: 'failed' })
    expect(state.error).toMatchObject({ type: 'unsupported', cause, attempt: 1 })
    expect(log.map(([name]) => name)).toEqual(['onError', 'onClose'])
    expect(clock.pending()).toBe(0)
  })

  it('keeps an EventSourceError that the transport throws', () => {
    const { connection, transport } = setupConnection()
    const error = new EventSourceError('http', 'no')
    transport.whileOpening = () => {
      throw error
    }
    connection.connect()
    expect(connection.getState().error).toBe(error)
  })
})

describe('resetAfter', () => {
  it.each([
    ['5 s', STEADY, 5_000],
    ['5 s when retry is a function', () => 1_000, 5_000],
    ['the time in the options', { ...STEADY, resetAfter: 70 }, 70],
    ['0 ms', { ...STEADY, resetAfter: 0 }, 0],
  ])('restarts the count once the stream has been open for %s', (_, retry, limit) => {
    const { connection, transport, clock } = setupConnection({ retry })
    connection.connect()
    transport.latest().fail()
    clock.advance(1_000)
    transport.latest().open()
    clock.advance(limit)
    transport.latest().fail()
    expect(connection.getState().attempt).toBe(1)
  })

  it('keeps the count when the stream has been open for less', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().fail()
    clock.advance(1_000)
    transport.latest().open()
    clock.advance(4_999)
    transport.latest().fail()
    expect(connection.getState().attempt).toBe(2)
  })

  it('measures only the time that the stream was open, not that of an attempt', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    connection.connect()
    transport.latest().open()
    transport.latest().fail()
    clock.advance(60_000)
    transport.latest().fail()
    expect(connection.getState().attempt).toBe(2)
  })
})

describe('until', () => {
  it('closes for good at the first event for which it is true, which is not dispatched', () => {
    const until = vi.fn((event: { data: string }) => event.data === '[DONE]')
    const { connection, transport, clock, received, log } = setupConnection({ until })
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', 'a')
    transport.latest().emit('tick', '[DONE]')
    expect(received.map(({ data }) => data)).toEqual(['a'])
    expect(until.mock.calls[0]).toEqual([serverSentEvent('tick', 'a', '', false)])
    expect(connection.getState()).toEqual({ ...HALTED, status: 'closed', reason: 'done' })
    expect(log.at(-1)).toEqual(['onClose', { reason: 'done', error: null }])
    expect(transport.live()).toHaveLength(0)
    expect(clock.pending()).toBe(0)
  })

  it('lets connect() resume after the event that it matched', () => {
    const { connection, transport } = setupConnection({ until: ({ data }) => data === '[DONE]' })
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', '[DONE]', '99')
    connection.connect()
    expect(transport.latest().request.lastEventId).toBe('99')
  })

  it('has its exception reported, and the event is delivered', () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const mistake = new Error('mistake')
    const { connection, transport, received } = setupConnection({
      until: () => {
        throw mistake
      },
    })
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', 'a')
    expect(received).toHaveLength(1)
    expect(connection.getState()).toBe(OPEN)
    expect(report).toHaveBeenCalledExactlyOnceWith(mistake)
    vi.unstubAllGlobals()
  })
})

/** Moves a new connection to each state. */
const ways: Record<string, (made: Setup) => void> = {
  idle: () => {},
  connecting: ({ connection }) => connection.connect(),
  open({ connection, transport }) {
    connection.connect()
    transport.latest().open()
  },
  'reconnecting through the browser'({ connection, transport }) {
    connection.connect()
    transport.latest().drop()
  },
  'waiting to reconnect'({ connection, transport }) {
    connection.connect()
    transport.latest().fail()
  },
  'reconnecting through the policy'({ connection, transport, clock }) {
    connection.connect()
    transport.latest().fail()
    clock.advance(60_000)
  },
  done({ connection, transport }) {
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', '[DONE]')
  },
  stopped({ connection }) {
    connection.connect()
    connection.close()
  },
  failed({ connection, transport }) {
    connection.connect()
    transport.latest().fail(true)
  },
}

describe.each(Object.entries(ways))('while %s', (name, bring) => {
  const isLive = !['idle', 'done', 'stopped', 'failed'].includes(name)
  const until = ({ data }: { data: string }): boolean => data === '[DONE]'

  it('dispose() leaves no attempt and no timer, without a callback', () => {
    const made = setupConnection({ until })
    bring(made)
    const before = [made.states.length, made.log.length]
    made.connection.dispose()
    expect(made.transport.live()).toHaveLength(0)
    expect(made.clock.pending()).toBe(0)
    expect([made.states.length, made.log.length]).toEqual(before)
    made.clock.advance(1e9)
    expect(made.transport.live()).toHaveLength(0)
  })

  it('close() closes the connection unless it is idle or closed, with one callback', () => {
    const made = setupConnection({ until })
    bring(made)
    const before = made.connection.getState()
    made.log.length = 0
    made.connection.close()
    made.connection.close()
    const closed = { ...HALTED, status: 'closed', reason: 'stopped' }
    expect(made.connection.getState()).toEqual(isLive ? closed : before)
    expect(made.log).toEqual(isLive ? [['onClose', { reason: 'stopped', error: null }]] : [])
    expect(made.transport.live()).toHaveLength(0)
    expect(made.clock.pending()).toBe(0)
  })

  it('connect() opens one new attempt at once, with the count at 0', () => {
    const made = setupConnection({ until, connectTimeout: false })
    bring(made)
    const before = made.transport.attempts.length
    made.connection.connect()
    expect(made.connection.getState()).toBe(CONNECTING)
    expect(made.transport.attempts).toHaveLength(before + 1)
    expect(made.transport.live()).toEqual([made.transport.latest()])
    expect(made.clock.pending()).toBe(0)
    made.transport.latest().fail()
    expect(made.connection.getState().attempt).toBe(1)
  })
})

describe('re-entrancy', () => {
  it('until may close the connection and return false: the event is not dispatched', () => {
    const until = vi.fn(() => {
      connection.close()
      return false
    })
    const { connection, transport, received } = setupConnection({ until })
    connection.connect()
    transport.latest().open()
    transport.latest().emit('tick', 'a')
    expect(until).toHaveBeenCalledTimes(1)
    expect(received).toEqual([])
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'stopped' })
  })

  it.each(['connecting', 'open', 'reconnecting', 'retrying'])(
    'a listener that calls close() when %s leaves no attempt and no timer',
    (moment) => {
      const made = setupConnection({ retry: STEADY }, (state) => {
        if (momentOf(state) === moment) made.connection.close()
      })
      bringThrough(made)
      expect(made.connection.getState()).toMatchObject({ status: 'closed', reason: 'stopped' })
      expect(made.transport.live()).toHaveLength(0)
      expect(made.clock.pending()).toBe(0)
    },
  )

  it.each(['connecting', 'open', 'reconnecting', 'retrying'])(
    'a listener that calls dispose() when %s leaves no attempt and no timer',
    (moment) => {
      const made = setupConnection({ retry: STEADY }, (state) => {
        if (momentOf(state) === moment) made.connection.dispose()
      })
      bringThrough(made)
      expect(made.transport.live()).toHaveLength(0)
      expect(made.clock.pending()).toBe(0)
    },
  )

  it.each(['connecting', 'open', 'reconnecting', 'retrying', 'closed'])(
    'a listener that calls connect() once when %s leaves one attempt',
    (moment) => {
      let isDone = false
      const made = setupConnection({ retry: STEADY, connectTimeout: false }, (state) => {
        if (isDone || momentOf(state) !== moment) return
        isDone = true
        made.connection.connect()
      })
      bringThrough(made)
      if (moment === 'closed') made.connection.close()
      expect(isDone).toBe(true)
      expect(made.transport.live()).toHaveLength(1)
      expect(made.connection.getState().status).not.toBe('closed')
      expect(made.clock.pending()).toBe(0)
    },
  )

  it.each([
    ['connecting', 'close', 0],
    ['connecting', 'connect', 1],
    ['connecting', 'dispose', 0],
    ['retrying', 'close', 1],
    ['retrying', 'connect', 2],
    ['retrying', 'dispose', 1],
  ] as const)('when %s, a listener that calls %s() leads to %d attempts', (...given) => {
    const [moment, method, count] = given
    let isDone = false
    const made = setupConnection({ retry: STEADY }, (state) => {
      if (isDone || momentOf(state) !== moment) return
      isDone = true
      made.connection[method]()
    })
    made.connection.connect()
    if (moment === 'retrying') made.transport.latest().fail()
    made.clock.advance(1_000)
    expect(isDone).toBe(true)
    expect(made.transport.attempts).toHaveLength(count)
  })

  it.each([
    ['onOpen', (made: Setup) => made.transport.latest().open()],
    ['onError', (made: Setup) => made.transport.latest().drop()],
    ['onError', (made: Setup) => made.transport.latest().fail()],
    ['onError', (made: Setup) => made.transport.latest().fail(true)],
    ['onClose', (made: Setup) => made.connection.close()],
  ])('in %s, close() leaves no attempt, and connect() one', (name, trigger) => {
    for (const [method, count] of [
      ['close', 0],
      ['connect', 1],
    ] as const) {
      const made = setupConnection({ connectTimeout: false })
      let isDone = false
      made.onCall = (called) => {
        if (isDone || called !== name) return
        isDone = true
        made.connection[method]()
      }
      made.connection.connect()
      trigger(made)
      expect(isDone).toBe(true)
      expect(made.transport.live()).toHaveLength(count)
      expect(made.clock.pending()).toBe(0)
    }
  })

  it.each([1_000, undefined])(
    'resetTimer() in a listener leaves one timer (Retry-After: %s)',
    (after) => {
      const made = setupConnection({ retry: STEADY }, () => made.connection.resetTimer())
      made.connection.connect()
      made.transport.latest().sink.fail(new EventSourceError('http', 'busy', { retryAfter: after }))
      made.clock.wake()
      expect(made.clock.pending()).toBe(1)
      made.connection.connect()
      made.transport.latest().open()
      made.clock.advance(60_000)
      expect(made.transport.attempts).toHaveLength(2)
      expect(made.connection.getState()).toBe(OPEN)
      expect(made.clock.pending()).toBe(0)
    },
  )

  it('onClose runs for each close, even when a listener reconnects at once', () => {
    for (const isOpen of [false, true]) {
      const made = setupConnection({}, (state) => {
        if (state.status === 'closed') made.connection.connect()
      })
      made.connection.connect()
      if (isOpen) made.transport.latest().open()
      made.connection.close()
      expect(made.log.map(([name]) => name).filter((name) => name === 'onClose')).toHaveLength(1)
    }
  })

  it('close() in the retry function leaves no timer', () => {
    const made = setupConnection({
      retry() {
        made.connection.close()
        return 1_000
      },
    })
    made.connection.connect()
    made.transport.latest().fail()
    expect(made.connection.getState()).toMatchObject({ status: 'closed', reason: 'stopped' })
    expect(made.clock.pending()).toBe(0)
  })

  it('connect() in the retry function makes the only attempt that follows', () => {
    const made = setupConnection({
      retry() {
        made.connection.connect()
        return 1_000
      },
    })
    made.connection.connect()
    made.transport.latest().fail()
    expect(made.connection.getState()).toBe(CONNECTING)
    made.clock.advance(1_000)
    expect(made.transport.attempts).toHaveLength(2)
  })
})

describe('a transport that reports at an unexpected time', () => {
  it('is ignored after its attempt was closed', () => {
    const { connection, transport, states, log, received } = setupConnection()
    connection.connect()
    const first = transport.latest()
    connection.connect()
    const before = [states.length, log.length]
    first.open()
    first.emit('tick', 'late', 'late')
    first.drop()
    first.fail()
    expect(connection.getState()).toBe(CONNECTING)
    expect([states.length, log.length]).toEqual(before)
    expect(received).toEqual([])
    expect(transport.live()).toEqual([transport.latest()])
  })

  it('is ignored after the connection was closed', () => {
    const { connection, transport, log, received } = setupConnection()
    connection.connect()
    connection.close()
    log.length = 0
    transport.latest().open()
    transport.latest().emit('tick', 'late')
    transport.latest().drop()
    transport.latest().fail(true)
    expect(log).toEqual([])
    expect(received).toEqual([])
  })

  it('may fail before its open() has returned, and is still closed', () => {
    const { connection, transport, clock } = setupConnection({ retry: STEADY })
    transport.whileOpening = (attempt) => attempt.fail()
    connection.connect()
    expect(connection.getState()).toMatchObject({ status: 'reconnecting', attempt: 1 })
    expect(transport.live()).toHaveLength(0)
    clock.advance(1_000)
    expect(transport.attempts).toHaveLength(2)
    expect(transport.live()).toHaveLength(0)
  })

  it('may open before its open() has returned, and close() in onOpen still closes it', () => {
    const made = setupConnection()
    made.onCall = (name) => name === 'onOpen' && made.connection.close()
    made.transport.whileOpening = (attempt) => attempt.open()
    made.connection.connect()
    expect(made.connection.getState()).toMatchObject({ status: 'closed', reason: 'stopped' })
    expect(made.transport.live()).toHaveLength(0)
  })
})

describe('a transport that opens and then throws', () => {
  it('does not close the new attempt that onOpen has made', () => {
    const made = setupConnection()
    made.onCall = () => {
      made.onCall = undefined
      made.transport.whileOpening = undefined
      made.connection.connect()
    }
    made.transport.whileOpening = (attempt) => {
      attempt.open()
      throw new Error('too late')
    }
    made.connection.connect()
    expect(made.connection.getState()).toBe(CONNECTING)
    expect(made.transport.attempts).toHaveLength(2)
    expect(made.transport.latest().isClosed).toBe(false)
    made.transport.latest().open()
    expect(made.connection.getState()).toBe(OPEN)
  })

  it('does not fail again when onOpen has closed the connection', () => {
    const made = setupConnection()
    made.onCall = (name) => name === 'onOpen' && made.connection.close()
    made.transport.whileOpening = (attempt) => {
      attempt.open()
      throw new Error('too late')
    }
    made.connection.connect()
    expect(made.connection.getState()).toMatchObject({ status: 'closed', reason: 'stopped' })
    expect(made.log.map(([name]) => name)).toEqual(['onOpen', 'onClose'])
    expect(made.clock.pending()).toBe(0)
  })
})

describe('any sequence of faults, waits and calls', () => {
  const steps = fc.array(
    fc.oneof(
      fc.constantFrom(
        'open',
        'emit',
        'drop',
        'fail',
        'end',
        'finish',
        'close',
        'connect',
        'dispose',
      ),
      fc.integer({ min: 0, max: 40_000 }),
    ),
    { maxLength: 40 },
  )
  const retry = fc.constantFrom(undefined, false as const, STEADY, { maxAttempts: 2 }, () => 100)
  const until = ({ data }: { data: string }): boolean => data === '[DONE]'

  it('leaves at most an attempt or a timer, and a closed connection closed until connect()', () => {
    fc.assert(
      fc.property(steps, retry, (sequence, retry) => {
        const made = setupConnection({
          until,
          connectTimeout: false,
          ...(retry === undefined ? {} : { retry }),
        })
        const { connection, transport, clock } = made
        connection.connect()
        for (const step of sequence) {
          const before = connection.getState()
          const count = transport.attempts.length
          take(made, step)
          const state = connection.getState()
          const live = transport.live().length
          expect(live + clock.pending()).toBeLessThanOrEqual(1)
          expect(clock.pending() === 1).toBe(state.retryAt !== null && step !== 'dispose')
          if (before.status === 'closed' && step !== 'connect' && step !== 'dispose') {
            expect(state).toBe(before)
            expect(transport.attempts).toHaveLength(count)
          }
          if (state.status === 'closed') expect(live + clock.pending()).toBe(0)
          if (state.status === 'reconnecting' && before.status === 'reconnecting') {
            expect(state.attempt).toBeGreaterThanOrEqual(before.attempt)
          }
          if (step === 'dispose') {
            expect(live).toBe(0)
            connection.connect()
          }
        }
        connection.dispose()
        const count = transport.attempts.length
        expect(transport.live()).toHaveLength(0)
        expect(clock.pending()).toBe(0)
        clock.advance(1e9)
        expect(transport.attempts).toHaveLength(count)
      }),
      { numRuns: 300 },
    )
  })

  it('resumes after the id of the last event, and runs the callbacks that match the states', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const made = setupConnection({ until, retry: STEADY })
        const { connection, transport, received, states, log } = made
        connection.connect()
        for (const step of sequence) take(made, step)
        connection.connect()
        const last = made.sent.at(-1) ?? ''
        expect(transport.latest().request.lastEventId).toBe(last)
        expect(received.map(({ lastEventId }) => lastEventId)).toEqual(
          made.sent.filter((id) => !id.startsWith('end')),
        )
        const count = (wanted: string): number => log.filter(([called]) => called === wanted).length
        const closes = states.filter(({ status }) => status === 'closed')
        const losses = states.filter(
          ({ status, retryAt }) => status === 'reconnecting' && retryAt !== null,
        )
        const failures = closes.filter(({ reason }) => reason === 'failed')
        expect(count('onClose')).toBe(closes.length)
        expect(count('onError')).toBe(losses.length + failures.length)
        expect(count('onOpen')).toBe(states.filter(({ status }) => status === 'open').length)
      }),
      { numRuns: 300 },
    )
  })
})

function momentOf({ status, retryAt }: ConnectionState): string {
  return status === 'reconnecting' && retryAt === null ? 'retrying' : status
}

/** Takes a connection through its states, as far as its listeners let it. */
function bringThrough({ connection, transport, clock }: Setup): void {
  connection.connect()
  for (const attempt of transport.live()) attempt.open()
  for (const attempt of transport.live()) attempt.fail()
  clock.advance(60_000)
}

/** Takes one random step. Steps of the server need a live attempt. */
function take(made: Setup, step: string | number): void {
  const { connection, transport, clock } = made
  const [live] = transport.live()
  const isOpen = connection.getState().status === 'open'
  if (typeof step === 'number') clock.advance(step)
  else if (step === 'close' || step === 'connect' || step === 'dispose') connection[step]()
  else if (!live) return
  else if (step === 'open' && !isOpen) live.open()
  else if (step === 'drop' && live.request.mayRetry) live.drop()
  else if (step === 'fail') live.fail()
  else if (step === 'end') live.fail(true)
  else if (isOpen && (step === 'emit' || step === 'finish')) {
    const isLast = step === 'finish'
    const id = `${isLast ? 'end' : 'id'} ${made.sent.length}`
    made.sent.push(id)
    live.emit('tick', isLast ? '[DONE]' : '', id)
  }
}
