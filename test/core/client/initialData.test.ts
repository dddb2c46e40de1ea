import {
  type Channels,
  createClient,
  createConnection,
  type EventSourceOptions,
  json,
  text,
} from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { createClock } from '../../support/clock.ts'
import { createScriptedTransport } from '../../support/scriptedTransport.ts'

interface Trade {
  symbol: string
  size: number
}

const [A, B, C, D] = [
  { symbol: 'A', size: 1 },
  { symbol: 'B', size: 2 },
  { symbol: 'A', size: 3 },
  { symbol: 'C', size: 4 },
]

/** Each kind of channel of one event. */
const kinds = {
  trade: json<Trade>(),
  recent: json<Trade>().from('trade').last(3),
  bySymbol: json<Trade>()
    .from('trade')
    .latestBy((trade) => trade.symbol),
  total: json<Trade>()
    .from('trade')
    .reduce((sum, trade) => sum + trade.size, 0),
  each: json<Trade>()
    .from('trade')
    .forEach(() => {}),
}

const createInitialData = () => ({
  trade: B,
  recent: [A, B],
  bySymbol: new Map([
    ['A', A],
    ['B', B],
  ]),
  total: 3,
})

describe('initialData', () => {
  it('is the data until the first event, even before the connection is created', () => {
    const { client, transport, clock } = setup()
    const observer = client.observe('/stream', kinds, { initialData: createInitialData() })
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting' })
    expect(observer.getSnapshot().data).toEqual(createInitialData())
    observer.subscribe(() => {})
    expect(observer.getSnapshot().data).toEqual(createInitialData())
    transport.latest().open()
    clock.frame()
    expect(observer.getSnapshot()).toMatchObject({ status: 'open' })
    expect(observer.getSnapshot().data).toEqual(createInitialData())
  })

  it('is the value that the first event is added to', () => {
    const { client, send } = setup()
    const observer = client.observe('/stream', kinds, { initialData: createInitialData() })
    observer.subscribe(() => {})
    send('trade', C)
    expect(observer.getSnapshot().data).toEqual({
      trade: C,
      recent: [A, B, C],
      bySymbol: new Map([
        ['A', C],
        ['B', B],
      ]),
      total: 6,
    })
    send('trade', D)
    expect(observer.getSnapshot().data).toMatchObject({ recent: [B, C, D], total: 10 })
  })

  it('is never changed in place', () => {
    const { client, send } = setup()
    const initialData = createInitialData()
    const observer = client.observe('/stream', kinds, { initialData })
    observer.subscribe(() => {})
    for (const trade of [C, D]) send('trade', trade)
    expect(initialData).toEqual(createInitialData())
  })

  it('is not decoded, and not validated', () => {
    const parse = vi.spyOn(JSON, 'parse')
    const { client } = setup()
    const observer = client.observe(
      '/stream',
      { n: json() },
      { initialData: { n: '{"not": "parsed"' } },
    )
    observer.subscribe(() => {})
    expect(observer.getSnapshot()).toMatchObject({ data: { n: '{"not": "parsed"' }, error: null })
    expect(parse).not.toHaveBeenCalled()
    parse.mockRestore()
  })

  it('can be null, false, 0 or an empty string', () => {
    for (const value of [null, false, 0, '']) {
      const { client } = setup()
      const observer = client.observe('/stream', { n: json() }, { initialData: { n: value } })
      expect(observer.getSnapshot().data.n).toBe(value)
      observer.subscribe(() => {})
      expect(observer.getSnapshot().data.n).toBe(value)
    }
  })

  it('is kept if the first event cannot be decoded', () => {
    const { client, transport, clock } = setup()
    const observer = client.observe('/stream', { n: json() }, { initialData: { n: 7 } })
    observer.subscribe(() => {})
    transport.latest().open()
    transport.latest().emit('n', '{')
    clock.frame()
    expect(observer.getSnapshot()).toMatchObject({ data: { n: 7 }, error: { type: 'decode' } })
  })

  it('is looked up by the key of the channel, not by its event name', () => {
    const { client } = setup()
    const channels = { first: json().from('n'), n: json().from('other') }
    const observer = client.observe('/stream', channels, { initialData: { first: 1 } })
    observer.subscribe(() => {})
    expect(observer.getSnapshot().data).toEqual({ first: 1, n: undefined })
  })

  it('is ignored for a key without a channel, and for a channel with only a handler', () => {
    const { client, send } = setup()
    const handler = vi.fn()
    const observer = client.observe(
      '/stream',
      { each: json().forEach(handler) },
      { initialData: { each: 1, other: 2 } },
    )
    observer.subscribe(() => {})
    expect(observer.getSnapshot().data).toEqual({})
    send('each', 5)
    expect(handler.mock.calls.map(([value]) => value)).toEqual([5])
  })

  it('defaults to the channel’s initial value if an entry is missing or undefined', () => {
    const { client, send } = setup()
    const initialData = { trade: B, recent: undefined, total: undefined }
    const observer = client.observe('/stream', kinds, { initialData })
    const expected = { trade: B, recent: [], bySymbol: new Map(), total: 0 }
    expect(observer.getSnapshot().data).toEqual(expected)
    observer.subscribe(() => {})
    expect(observer.getSnapshot().data).toEqual(expected)
    send('trade', C)
    expect(observer.getSnapshot().data).toMatchObject({ recent: [C], total: 3 })
  })

  it('is read from own keys only, not from those that every object inherits', () => {
    const { client } = setup()
    const channels = { constructor: text(), toString: text() } as Channels
    const observer = client.observe('/stream', channels, { initialData: {} })
    expect(observer.getSnapshot().data).toEqual({ constructor: undefined, toString: undefined })
    observer.subscribe(() => {})
    expect(observer.getSnapshot().data).toEqual({ constructor: undefined, toString: undefined })
  })
})

describe('a snapshot with initialData', () => {
  it('is the same object until something changes, even after subscribing', () => {
    const { client, transport } = setup()
    const observer = client.observe('/stream', kinds, { initialData: createInitialData() })
    const before = observer.getSnapshot()
    expect(observer.getSnapshot()).toBe(before)
    observer.subscribe(() => {})
    expect(observer.getSnapshot()).toBe(before)
    transport.latest().open()
    expect(observer.getSnapshot().data).toBe(before.data)
  })

  it('shows only the initial data on the server', () => {
    const { client, send } = setup()
    const options = { initialData: createInitialData(), select: undefined }
    const observer = client.observe('/stream', kinds, options)
    observer.subscribe(() => {})
    send('trade', C)
    expect(observer.getServerSnapshot(kinds, options)).toMatchObject({
      status: 'connecting',
      data: createInitialData(),
    })
    expect(observer.getServerSnapshot(kinds).data).toEqual(createInitialData())
    expect(observer.getSnapshot().data.trade).toEqual(C)
  })

  it('passes the initial data to select', () => {
    const { client, send } = setup()
    const observer = client.observe('/stream', kinds, { initialData: createInitialData() })
    const select = ({ total }: { total: number }): string => `total ${total}`
    expect(observer.getSnapshot(kinds, { select }).data).toBe('total 3')
    expect(observer.getServerSnapshot(kinds, { select }).data).toBe('total 3')
    observer.subscribe(() => {})
    send('trade', C)
    expect(observer.getSnapshot(kinds, { select }).data).toBe('total 6')
  })

  it('has the initial data even without a url', () => {
    const { client } = setup()
    const observer = client.observe(null, { n: json() }, { initialData: { n: 1 } })
    observer.subscribe(() => {})
    expect(observer.getSnapshot()).toMatchObject({ status: 'idle', data: { n: 1 } })
  })
})

describe('a shared channel with initialData', () => {
  it('keeps the value that it already has', () => {
    const { client, send } = setup()
    client.observe('/stream', { n: json() }).subscribe(() => {})
    send('n', 5)
    const late = client.observe('/stream', { n: json() }, { initialData: { n: 1 } })
    expect(late.getSnapshot().data.n).toBe(5)
    late.subscribe(() => {})
    expect(late.getSnapshot().data.n).toBe(5)
  })

  it('shows one observer’s initial data to an observer without any', () => {
    const { client } = setup()
    client.observe('/stream', { n: json() }, { initialData: { n: 1 } }).subscribe(() => {})
    const other = client.observe('/stream', { n: json() })
    other.subscribe(() => {})
    expect(other.getSnapshot().data.n).toBe(1)
  })

  it('uses the initial data of a later observer if no event has arrived', () => {
    const { client, send } = setup()
    const [first, second] = [
      client.observe('/stream', { n: json(), list: json().from('n').last(3) }),
      client.observe(
        '/stream',
        { n: json(), list: json().from('n').last(3) },
        { initialData: { n: 1, list: [1] } },
      ),
    ]
    first.subscribe(() => {})
    const before = second.getSnapshot()
    expect(before.data).toEqual({ n: 1, list: [1] })
    second.subscribe(() => {})
    expect(second.getSnapshot()).toBe(before)
    send('n', 2)
    expect(second.getSnapshot().data).toEqual({ n: 2, list: [1, 2] })
    expect(first.getSnapshot().data).toEqual({ n: 2, list: [1, 2] })
  })

  it('ignores initial data after an event, even if the value equals the initial value', () => {
    const { client, send } = setup()
    const sum = json<number>().reduce((kept, n) => kept + n, 0)
    const first = client.observe('/stream', { sum })
    first.subscribe(() => {})
    for (const n of [5, -5]) send('sum', n)
    const late = client.observe('/stream', { sum }, { initialData: { sum: 100 } })
    late.subscribe(() => {})
    expect([first, late].map((observer) => observer.getSnapshot().data.sum)).toEqual([0, 0])
  })

  it('keeps the first of several initial values', () => {
    const { client } = setup()
    const observers = [1, 2].map((n) =>
      client.observe('/stream', { n: json() }, { initialData: { n } }),
    )
    for (const observer of observers) observer.subscribe(() => {})
    expect(observers.map((observer) => observer.getSnapshot().data.n)).toEqual([1, 1])
  })
})

describe('a later render with initialData', () => {
  it('ignores different initial data for an existing channel', () => {
    const { client, send } = setup()
    const channels = () => ({ n: json<number>().reduce((sum, n) => sum + n, 0) })
    const observer = client.observe('/stream', channels(), { initialData: { n: 10 } })
    observer.subscribe(() => {})
    observer.update(channels(), { initialData: { n: 500 } })
    expect(observer.getSnapshot().data.n).toBe(10)
    send('n', 1)
    observer.update(channels(), {})
    expect(observer.getSnapshot().data.n).toBe(11)
  })

  it('uses the initial data for a new channel', () => {
    const { client, send } = setup()
    const observer = client.observe('/stream', { a: json() } as Channels)
    observer.subscribe(() => {})
    const [channels, options] = [
      { a: json(), b: json().last(3) },
      { initialData: { b: [1] }, select: undefined },
    ]
    expect(observer.getSnapshot(channels, options).data).toEqual({ a: undefined, b: [1] })
    observer.update(channels, options)
    expect(observer.getSnapshot().data).toEqual({ a: undefined, b: [1] })
    send('b', 2)
    expect(observer.getSnapshot().data.b).toEqual([1, 2])
  })

  it('uses the initial data for a channel that keeps something else than its predecessor', () => {
    const { client, send } = setup()
    const observer = client.observe('/stream', { n: json() } as Channels, { initialData: { n: 1 } })
    observer.subscribe(() => {})
    const [channels, options] = [
      { n: json().last(3) },
      { initialData: { n: [7] }, select: undefined },
    ]
    expect(observer.getSnapshot(channels, options).data).toEqual({ n: [7] })
    observer.update(channels, options)
    expect(observer.getSnapshot().data).toEqual({ n: [7] })
    send('n', 8)
    expect(observer.getSnapshot().data).toEqual({ n: [7, 8] })
  })
})

describe('the initialData defaults', () => {
  it('of a client apply to an observer without its own, also on the server', () => {
    const { client, defaults } = setup()
    defaults.initialData = { n: 1, other: 2 }
    const observer = client.observe('/stream', { n: json() })
    expect(observer.getSnapshot().data).toEqual({ n: 1 })
    expect(observer.getServerSnapshot({ n: json() }).data).toEqual({ n: 1 })
    observer.subscribe(() => {})
    expect(observer.getSnapshot().data).toEqual({ n: 1 })
  })

  it('of a client are not merged with the observer’s own', () => {
    const { client, defaults } = setup()
    defaults.initialData = { n: 1, other: 2 }
    const observer = client.observe(
      '/stream',
      { n: json(), other: json() },
      { initialData: { n: 5 } },
    )
    observer.subscribe(() => {})
    expect(observer.getSnapshot().data).toEqual({ n: 5, other: undefined })
  })

  it('of a connection apply to its observers, before and after they subscribe', () => {
    const clock = createClock()
    const transport = createScriptedTransport()
    const connection = createConnection('/stream', { transport, initialData: { n: [1] } }, clock)
    const observer = connection.observe({ n: json<number>().last(2) })
    expect(observer.getSnapshot()).toMatchObject({ status: 'idle', data: { n: [1] } })
    observer.subscribe(() => {})
    transport.latest().open()
    transport.latest().emit('n', '2')
    clock.frame()
    expect(observer.getSnapshot().data.n).toEqual([1, 2])
    const own = connection.observe({ m: json() }, { initialData: { m: 3 } })
    own.subscribe(() => {})
    expect(own.getSnapshot().data.m).toBe(3)
  })
})

function setup() {
  const clock = createClock()
  const transport = createScriptedTransport()
  const defaults: EventSourceOptions = { transport }
  const client = createClient({ defaults }, clock)
  return {
    client,
    clock,
    transport,
    defaults,
    /** Opens the stream if necessary, sends an event, and runs the next frame. */
    send(type: string, data: unknown) {
      if (client.observe('/stream').getSnapshot().status !== 'open') transport.latest().open()
      transport.latest().emit(type, JSON.stringify(data))
      clock.frame()
    },
  }
}
