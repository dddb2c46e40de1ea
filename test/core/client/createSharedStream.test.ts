import {
  type Channels,
  createClient,
  endLinger,
  type EventSourceOptions,
  json,
  text,
} from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createClock } from '../../support/clock.ts'
import { createScriptedTransport } from '../../support/scriptedTransport.ts'

afterEach(() => endLinger())

describe('the linger', () => {
  it('keeps the connection open for a second after the last subscriber has left', () => {
    const { join, transport, clock } = setup()
    const [first, second] = [join(), join()]
    first()
    clock.advance(5_000)
    expect(transport.live()).toHaveLength(1)
    second()
    clock.advance(999)
    expect(transport.live()).toHaveLength(1)
    clock.advance(1)
    expect(transport.live()).toHaveLength(0)
    expect(clock.pending()).toBe(0)
  })

  it('closes the connection immediately if it is 0', () => {
    const { join, transport, clock } = setup({ linger: 0 })
    join({ n: json() })()
    expect(transport.attempts).toHaveLength(1)
    expect(transport.live()).toHaveLength(0)
    expect(clock.pending()).toBe(0)
  })

  it('is the option of the subscriber that leaves last', () => {
    const { join, transport, clock } = setup({ linger: 50 })
    const [short, long] = [join({}, { linger: 10 }), join({}, { linger: 700 })]
    short()
    long()
    clock.advance(699)
    expect(transport.live()).toHaveLength(1)
    clock.advance(1)
    expect(transport.live()).toHaveLength(0)
  })

  it('is cancelled by the next subscriber, who sees the events that arrived during it', () => {
    const { join, transport, clock, client } = setup()
    const channels = { n: json<number>().last(5) }
    const leave = join(channels)
    transport.latest().open()
    leave()
    transport.latest().emit('n', '1')
    clock.frame()
    clock.advance(900)
    const observer = client.observe('/stream', channels)
    observer.subscribe(() => {})
    expect(observer.getSnapshot()).toMatchObject({ status: 'open', data: { n: [1] } })
    clock.advance(10_000)
    expect(transport.live()).toHaveLength(1)
    expect(transport.attempts).toHaveLength(1)
  })

  it('restarts each time that the last subscriber leaves', () => {
    const { join, transport, clock } = setup()
    join()()
    clock.advance(600)
    join()()
    clock.advance(600)
    expect(transport.live()).toHaveLength(1)
    clock.advance(400)
    expect(transport.live()).toHaveLength(0)
  })

  it('lets the connection reconnect, and stops that when it is over', () => {
    const { join, transport, clock } = setup({ retry: { initialDelay: 400, jitter: false } })
    const leave = join()
    transport.latest().fail()
    leave()
    clock.advance(400)
    expect(transport.attempts).toHaveLength(2)
    transport.latest().fail()
    clock.advance(10_000)
    expect(transport.attempts).toHaveLength(2)
    expect(clock.pending()).toBe(0)
  })

  it('keeps listening for wake events, and stops that when it is over', () => {
    const { join, clock } = setup()
    const leave = join()
    expect(clock.wakers()).toBe(1)
    leave()
    join()()
    expect(clock.wakers()).toBe(1)
    clock.advance(1_000)
    expect(clock.wakers()).toBe(0)
  })

  it('keeps a closed connection closed until it is over', () => {
    const { client, transport, clock } = setup()
    const observer = client.observe('/stream')
    const leave = observer.subscribe(() => {})
    observer.getSnapshot().close()
    leave()
    observer.subscribe(() => {})()
    expect(observer.getSnapshot()).toMatchObject({ status: 'closed', reason: 'stopped' })
    clock.advance(1_000)
    observer.subscribe(() => {})
    expect(observer.getSnapshot().status).toBe('connecting')
    expect(transport.live()).toHaveLength(1)
  })
})

describe('endLinger()', () => {
  it('immediately closes the lingering connections of every client, and no others', () => {
    const [one, two] = [setup({ connectTimeout: false }), setup()]
    one.join()()
    two.join()()
    const stays = one.join({}, {}, '/other')
    endLinger()
    expect(one.transport.live()).toHaveLength(1)
    expect(two.transport.live()).toHaveLength(0)
    expect([one.clock.pending(), two.clock.pending()]).toEqual([0, 0])
    endLinger()
    expect(one.transport.live()).toHaveLength(1)
    stays()
  })

  it('does not close a connection whose subscriber has returned', () => {
    const { join, transport } = setup()
    join()()
    join()
    endLinger()
    expect(transport.live()).toHaveLength(1)
  })
})

describe('the options of a shared connection', () => {
  it('are those of the latest subscriber if they differ', () => {
    const { join, delay } = setup({ retry: { initialDelay: 1, jitter: false } })
    join({}, { retry: { initialDelay: 10, jitter: false } })
    join({}, { retry: { initialDelay: 20, jitter: false } })
    expect(delay()).toBe(20)
  })

  it('are not overridden by undefined', () => {
    const { join, delay } = setup({ retry: { initialDelay: 1, jitter: false } })
    join({}, { retry: { initialDelay: 10, jitter: false } })
    join({}, { retry: undefined })
    join({}, {})
    expect(delay()).toBe(10)
  })

  it('can be switched off with false', () => {
    const { join, transport } = setup({ retry: { initialDelay: 1 } })
    join({}, { retry: { initialDelay: 10 } })
    join({}, { retry: false })
    transport.latest().fail()
    expect(transport.live()).toHaveLength(0)
  })

  it('are the current defaults of the client if no subscriber has its own', () => {
    const { join, defaults, delay } = setup({ retry: { initialDelay: 1, jitter: false } })
    join()
    defaults.retry = { initialDelay: 5, jitter: false }
    expect(delay()).toBe(5)
  })

  it('are those of the remaining subscribers after one has left', () => {
    const { join, transport, clock, delay } = setup()
    join({}, { retry: { initialDelay: 10, jitter: false } })
    const leave = join({}, { retry: { initialDelay: 20, jitter: false } })
    expect(delay()).toBe(20)
    clock.advance(20)
    transport.latest().open()
    clock.advance(5_000)
    leave()
    expect(delay()).toBe(10)
  })

  it('are the latest that a subscriber was updated with', () => {
    const { client, transport, clock, delay } = setup()
    const observer = client.observe('/stream', {}, { retry: { initialDelay: 10, jitter: false } })
    observer.subscribe(() => {})
    expect(delay()).toBe(10)
    observer.update({}, { retry: { initialDelay: 15, jitter: false } })
    clock.advance(10)
    transport.latest().open()
    clock.advance(5_000)
    expect(delay()).toBe(15)
  })

  it('of the subscriber that leaves last apply during the linger', () => {
    const { join, transport, client } = setup()
    const isDone = ({ data }: { data: string }): boolean => data === 'done'
    join({ n: text() }, { until: isDone })()
    transport.latest().open()
    transport.latest().emit('n', 'done')
    expect(client.observe('/stream').getSnapshot()).toMatchObject({ reason: 'done' })
  })

  it('of a subscriber that has left do not apply to the next one', () => {
    const { join, transport, client } = setup()
    join({ n: text() }, { until: () => true })()
    transport.latest().open()
    join({ n: text() })
    transport.latest().emit('n', 'more')
    expect(client.observe('/stream').getSnapshot()).toMatchObject({ status: 'open' })
  })

  it('of the subscriber that leaves last still apply after an unused observer is created', () => {
    const { join, transport, client } = setup()
    const isDone = ({ data }: { data: string }): boolean => data === 'done'
    join({ n: text() }, { until: isDone })()
    transport.latest().open()
    const observer = client.observe('/stream', { n: text() })
    transport.latest().emit('n', 'done')
    expect(observer.getSnapshot()).toMatchObject({ reason: 'done' })
  })
})

describe('callbacks of a shared connection', () => {
  it('are called once for the client, and once for each subscriber', () => {
    const log: string[] = []
    const callbacks = (owner: string): EventSourceOptions => ({
      onOpen: ({ reconnected }) => log.push(`${owner} open ${reconnected}`),
      onError: ({ type }) => log.push(`${owner} ${type}`),
      onClose: ({ reason }) => log.push(`${owner} ${reason}`),
    })
    const { join, transport } = setup(callbacks('client'))
    join({ n: json() }, callbacks('a'))
    join({ n: json() }, callbacks('b'))
    join({ n: json() })
    const each = (call: string): string[] => ['client', 'a', 'b'].map((owner) => `${owner} ${call}`)
    transport.latest().open()
    expect(log.splice(0)).toEqual(each('open false'))
    transport.latest().emit('n', '{')
    expect(log.splice(0)).toEqual(each('decode'))
    transport.latest().fail(true)
    expect(log.splice(0)).toEqual([...each('network'), ...each('failed')])
  })

  it('are reported if they throw, and the others are still called', () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const mistake = new Error('mistake')
    const fail = (): never => {
      throw mistake
    }
    const onOpen = vi.fn()
    const { join, transport } = setup({ onOpen: fail })
    join({}, { onOpen: fail })
    join({}, { onOpen })
    transport.latest().open()
    expect(onOpen).toHaveBeenCalledTimes(1)
    expect(report.mock.calls).toEqual([[mistake], [mistake]])
    vi.unstubAllGlobals()
  })

  it('are not called for a subscriber that has left, nor at the end of the linger', () => {
    const [onOpen, onClose] = [vi.fn(), vi.fn()]
    const { join, transport, clock } = setup()
    const leave = join({}, { onOpen, onClose })
    join()
    leave()
    transport.latest().open()
    expect(onOpen).not.toHaveBeenCalled()
    clock.advance(10_000)
    expect(onClose).not.toHaveBeenCalled()
  })

  it('can remove their own subscriber and add another', () => {
    const { join, transport } = setup()
    const onOpen = vi.fn(() => {
      leave()
      join({}, { onOpen: late })
    })
    const late = vi.fn()
    const leave = join({}, { onOpen })
    const other = vi.fn()
    join({}, { onOpen: other })
    transport.latest().open()
    expect(onOpen).toHaveBeenCalledTimes(1)
    expect(other).toHaveBeenCalledTimes(1)
    expect(late).not.toHaveBeenCalled()
  })
})

describe('the order of callbacks', () => {
  /** Records the callbacks of two subscribers, and runs `act` in the first of each name. */
  function record(act: Partial<Record<'state' | 'onOpen' | 'onError', () => void>>, options = {}) {
    const made = setup(options)
    const calls: string[] = []
    const callbacksOf = (name: string) => ({
      onOpen() {
        calls.push(`${name} onOpen`)
        act.onOpen?.()
      },
      onError() {
        calls.push(`${name} onError`)
        act.onError?.()
      },
      onClose: () => void calls.push(`${name} onClose`),
    })
    const observer = made.client.observe('/stream', { n: json() }, callbacksOf('a'))
    observer.subscribe(() => act.state?.())
    made.join({ n: text() }, callbacksOf('b'))
    return { ...made, calls, result: () => observer.getSnapshot() }
  }

  it('ends with onClose when a listener of the state closes the connection', () => {
    for (const status of ['open', 'reconnecting'] as const) {
      const { calls, transport, result } = record({
        state: () => result().status === status && result().close(),
      })
      transport.latest().open()
      if (status === 'reconnecting') transport.latest().fail()
      const opened = status === 'open' ? [] : ['a onOpen', 'b onOpen']
      expect(calls).toEqual([...opened, 'a onClose', 'b onClose'])
    }
  })

  it('calls every subscriber before the consequences of a callback', () => {
    const { calls, transport, result } = record({ onOpen: () => result().close() })
    transport.latest().open()
    expect(calls).toEqual(['a onOpen', 'b onOpen', 'a onClose', 'b onClose'])
  })

  it('calls nothing after onClose when a callback reports an event that cannot be decoded', () => {
    const { calls, transport, result } = record({ onError: () => result().close() })
    transport.latest().open()
    transport.latest().emit('n', 'no JSON')
    transport.latest().emit('n', 'no JSON')
    expect(calls.slice(2)).toEqual(['a onError', 'b onError', 'a onClose', 'b onClose'])
  })

  it('reports no error of an event whose handler has closed the connection', () => {
    const { calls, transport, join, result } = record({})
    transport.latest().open()
    join({
      n: text()
        .from('x')
        .forEach(() => result().close()),
    })
    join({ n: json().from('x') })
    transport.latest().emit('x', 'no JSON')
    expect(calls.slice(2)).toEqual(['a onClose', 'b onClose'])
  })

  it('goes on after a callback that reconnects', () => {
    const { calls, transport, result } = record({})
    transport.latest().open()
    result().close()
    result().reconnect()
    transport.latest().open()
    transport.latest().fail(true)
    expect(calls.map((call) => call.slice(2))).toEqual([
      'onOpen',
      'onOpen',
      'onClose',
      'onClose',
      'onOpen',
      'onOpen',
      'onError',
      'onError',
      'onClose',
      'onClose',
    ])
  })
})

describe('the published values', () => {
  it('include the events before a change of state no later than the change', () => {
    const { client, transport, clock } = setup()
    const observer = client.observe('/stream', { n: json() })
    const seen: unknown[] = []
    observer.subscribe(() => {
      const { status, data } = observer.getSnapshot()
      seen.push([status, data.n])
    })
    transport.latest().open()
    transport.latest().emit('n', '1')
    transport.latest().drop()
    expect(seen).toEqual([
      ['open', undefined],
      ['reconnecting', 1],
    ])
    clock.frame()
    expect(seen).toHaveLength(2)
  })

  it('leave no frame requested after the connection is closed', () => {
    const { join, transport, clock } = setup({ linger: 0 })
    const leave = join({ n: json() })
    transport.latest().open()
    transport.latest().emit('n', '1')
    expect(clock.pending()).toBe(1)
    leave()
    expect(clock.pending()).toBe(0)
  })

  it('include event names that a later subscriber adds', () => {
    const { join, transport } = setup()
    join({ a: json() })
    join({ a: text(), b: json().from('c') })
    expect(transport.latest().names).toEqual(['a', 'c'])
    expect(transport.latest().request.url).toBe(`${location.origin}/stream`)
  })
})

describe('a listener that unsubscribes while it is called', () => {
  it.each(['reconnect', 'retry'])(
    'leaves no connection open without a linger, during a %s',
    (how) => {
      const { client, transport, clock } = setup({
        linger: 0,
        retry: { initialDelay: 100, jitter: false },
      })
      const observer = client.observe('/stream')
      const stop = observer.subscribe(() => {
        const { status, retryAt } = observer.getSnapshot()
        if (how === 'reconnect' ? status === 'connecting' : status === 'reconnecting' && !retryAt) {
          stop()
        }
      })
      transport.latest().open()
      if (how === 'reconnect') observer.getSnapshot().reconnect()
      else transport.latest().fail()
      clock.advance(1_000)
      expect(transport.live()).toHaveLength(0)
      expect(clock.pending()).toBe(0)
    },
  )
})

function setup(defaults: EventSourceOptions = {}) {
  const clock = createClock()
  const transport = createScriptedTransport()
  defaults.transport = transport
  const client = createClient({ defaults }, clock)
  const watcher = client.observe('/stream')
  return {
    client,
    clock,
    transport,
    defaults,
    /** Adds a subscriber. Returns the function that removes it. */
    join(channels: Channels = {}, options: EventSourceOptions = {}, url = '/stream') {
      return client.observe(url, channels, options).subscribe(() => {})
    },
    /** Fails the current attempt, and returns the delay until the next one. */
    delay(): number {
      transport.latest().fail()
      return Number(watcher.getSnapshot().retryAt) - clock.now()
    },
  }
}
