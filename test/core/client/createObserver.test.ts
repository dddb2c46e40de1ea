import {
  type Channels,
  createConnection,
  type EventSourceOptions,
  json,
  text,
} from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { createClock } from '../../support/clock.ts'
import { createScriptedTransport } from '../../support/scriptedTransport.ts'

const SELECTION = {}

const sum = () => json<number>().reduce((kept, n) => kept + n, 0)

describe('a snapshot for the same channels and selection', () => {
  const channels = { n: json<number>().last(2) }

  it('shows the current connection, not a previous one', () => {
    const { observe, transport, send } = setup()
    const observer = observe({})
    observer.update(channels, {})
    for (const n of [1, 2]) {
      const unsubscribe = observer.subscribe(() => {})
      transport.latest().open()
      send('n', n)
      expect(observer.getSnapshot(channels, SELECTION).data).toEqual({ n: [n] })
      unsubscribe()
    }
  })

  it('shows initial data that another observer has added since', () => {
    const { observe } = setup()
    const observer = observe(channels)
    observer.subscribe(() => {})
    expect(observer.getSnapshot(channels, SELECTION).data).toEqual({ n: [] })
    observe(channels, { initialData: { n: [7] } }).subscribe(() => {})
    expect(observer.getSnapshot(channels, SELECTION).data).toEqual({ n: [7] })
  })
})

describe('reuse()', () => {
  it('returns the current channels if the given ones are equal, otherwise the given ones', () => {
    const { observe } = setup()
    const current = { a: json(), b: json().last(2) }
    const observer = observe(current)
    expect(observer.reuse({ b: json().last(2), a: json() })).toBe(current)
    for (const other of [
      {},
      { a: json() },
      { a: json(), b: json().last(3) },
      { a: json(), c: json().last(2) },
      { a: json(), b: json().last(2), c: json() },
    ]) {
      expect(observer.reuse(other)).toBe(other)
    }
    const next = { a: text() }
    observer.update(next, {})
    expect(observer.reuse({ a: text() })).toBe(next)
  })
})

describe('subscribing', () => {
  it('opens with the first listener, calls all listeners, and closes with the last', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ n: json() })
    const [a, b] = [vi.fn(), vi.fn()]
    const [stopA, stopB] = [observer.subscribe(a), observer.subscribe(b)]
    expect(transport.attempts).toHaveLength(1)
    transport.latest().open()
    send('n', 1)
    stopA()
    stopA()
    send('n', 2)
    expect([a, b].map((listener) => listener.mock.calls.length)).toEqual([2, 3])
    expect(transport.live()).toHaveLength(1)
    stopB()
    expect(transport.live()).toHaveLength(0)
  })

  it('counts a listener that is added twice as one', () => {
    const { observe, transport } = setup()
    const observer = observe({})
    const listener = vi.fn()
    const stop = observer.subscribe(listener)
    observer.subscribe(listener)
    transport.latest().open()
    expect(listener).toHaveBeenCalledTimes(1)
    stop()
    expect(transport.live()).toHaveLength(0)
  })

  it('calls the other listeners if one throws, and reports the exception', () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const mistake = new Error('mistake')
    const { observe, transport } = setup()
    const observer = observe({})
    const other = vi.fn()
    observer.subscribe(() => {
      throw mistake
    })
    observer.subscribe(other)
    transport.latest().open()
    expect(other).toHaveBeenCalledTimes(1)
    expect(report).toHaveBeenCalledExactlyOnceWith(mistake)
    vi.unstubAllGlobals()
  })

  it('does not call a listener that another listener adds until the next change', () => {
    const { observe, transport } = setup()
    const observer = observe({})
    const late = vi.fn()
    observer.subscribe(() => void observer.subscribe(late))
    transport.latest().open()
    expect(late).not.toHaveBeenCalled()
    transport.latest().drop()
    expect(late).toHaveBeenCalledTimes(1)
  })

  it('adds its event names before the connection opens', () => {
    const { observe, transport } = setup()
    observe({ a: json(), b: json().from('c'), d: text() }).subscribe(() => {})
    expect([...transport.latest().names]).toEqual(['a', 'c', 'd'])
  })
})

describe('the snapshot', () => {
  it('has the state, the values of the channels, and stable functions', () => {
    const { observe, transport, send } = setup()
    const observer = observe({
      n: json(),
      list: json().from('n').last(2),
      each: text().forEach(() => {}),
    })
    observer.subscribe(() => {})
    transport.latest().open()
    send('n', 1)
    const { reconnect, close } = observer.getSnapshot()
    expect(observer.getSnapshot()).toStrictEqual({
      status: 'open',
      attempt: 0,
      retryAt: null,
      reason: null,
      error: null,
      data: { n: 1, list: [1] },
      reconnect,
      close,
    })
    close()
    expect(observer.getSnapshot()).toMatchObject({ status: 'closed', reason: 'stopped', close })
    observer.getSnapshot().reconnect()
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting', reconnect })
    expect(transport.live()).toHaveLength(1)
  })

  it('is the same object until something in it changes, and its data until a value changes', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ n: json(), list: json().from('n').last(2) })
    observer.subscribe(() => {})
    observe({ other: json() }).subscribe(() => {})
    const before = observer.getSnapshot()
    expect(observer.getSnapshot()).toBe(before)
    transport.latest().open()
    const opened = observer.getSnapshot()
    expect(opened).not.toBe(before)
    expect(opened.data).toBe(before.data)
    send('other', 1)
    send('other', '{')
    expect(observer.getSnapshot()).toBe(opened)
    send('n', 1)
    expect(observer.getSnapshot().data).not.toBe(opened.data)
    expect(opened.data).toEqual({ n: undefined, list: [] })
  })

  it('is the same object if an event leaves the value the same, including NaN', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ n: json<number>().reduce(() => Number.NaN, Number.NaN), s: text() })
    observer.subscribe(() => {})
    transport.latest().open()
    const before = observer.getSnapshot()
    send('n', 1)
    expect(observer.getSnapshot()).toBe(before)
    send('s', 'a')
    const after = observer.getSnapshot()
    send('s', 'a')
    expect(observer.getSnapshot()).toBe(after)
  })

  it('has the keys of its channels, even if every object inherits them', () => {
    const { observe } = setup()
    const channels = { ['__proto__']: text(), constructor: text(), toString: sum() } as Channels
    const { data } = observe(channels).getSnapshot()
    expect(Object.entries(data)).toEqual([
      ['__proto__', undefined],
      ['constructor', undefined],
      ['toString', 0],
    ])
  })

  it('has the keys of the new channels after an update', () => {
    const { observe, transport } = setup()
    const observer = observe({ a: json(), same: json() })
    observer.subscribe(() => {})
    transport.latest().open()
    observer.getSnapshot()
    observer.update({ b: json(), same: json() }, {})
    expect(Object.keys(observer.getSnapshot().data)).toEqual(['b', 'same'])
  })

  it('shows no connection on the server', () => {
    const { observe, transport, send } = setup()
    const channels = { n: sum() }
    const observer = observe(channels)
    observer.subscribe(() => {})
    transport.latest().open()
    send('n', 1)
    expect(observer.getSnapshot()).toMatchObject({ status: 'open', data: { n: 1 } })
    expect(observer.getServerSnapshot(channels)).toMatchObject({ status: 'idle', data: { n: 0 } })
    const select = ({ n }: { n: number }): string => `n is ${n}`
    expect(observer.getServerSnapshot(channels, { select }).data).toBe('n is 0')
    expect(observer.getSnapshot()).toMatchObject({ status: 'open', data: { n: 1 } })
  })
})

describe('the error in a snapshot', () => {
  it('is the connection error, or else the latest decode error of its channels', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ a: json(), b: json(), c: json() })
    observer.subscribe(() => {})
    transport.latest().open()
    send('b', '{')
    send('a', '{')
    expect(observer.getSnapshot().error).toMatchObject({ type: 'decode', event: 'a' })
    send('b', '[')
    expect(observer.getSnapshot().error).toMatchObject({ event: 'b', raw: '[' })
    const lost = transport.latest().drop()
    expect(observer.getSnapshot().error).toBe(lost)
    transport.latest().open()
    expect(observer.getSnapshot().error).toMatchObject({ event: 'b' })
    send('b', 1)
    expect(observer.getSnapshot().error).toMatchObject({ event: 'a' })
    send('a', 1)
    expect(observer.getSnapshot().error).toBeNull()
  })

  it('does not come from another observer’s channel', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ a: json() })
    observer.subscribe(() => {})
    observe({ b: json(), a: text() }).subscribe(() => {})
    transport.latest().open()
    send('b', '{')
    expect(observer.getSnapshot().error).toBeNull()
  })

  it('can come from a channel with only a handler', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ a: json().forEach(() => {}) })
    observer.subscribe(() => {})
    transport.latest().open()
    send('a', '{')
    expect(observer.getSnapshot()).toMatchObject({ data: {}, error: { event: 'a' } })
  })
})

describe('a snapshot for channels that are not committed', () => {
  it('shows the values that they would have, without effects', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ n: sum() })
    observer.subscribe(() => {})
    observe({ late: json().last(3) }).subscribe(() => {})
    transport.latest().open()
    send('n', 2)
    send('late', 1)
    const names = [...transport.latest().names]
    const next = { n: sum(), late: json().last(3), unused: text() }
    expect(observer.getSnapshot(next).data).toEqual({ n: 2, late: [1], unused: undefined })
    expect(transport.latest().names).toEqual(names)
    expect(observer.getSnapshot().data).toEqual({ n: 2 })
    expect(observer.getSnapshot({ n: json().last(5) }).data).toEqual({ n: [] })
  })

  it('is the same object while their values are the same', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ n: sum() })
    observer.subscribe(() => {})
    transport.latest().open()
    send('n', 2)
    const before = observer.getSnapshot()
    expect(observer.getSnapshot({ n: sum() })).toBe(before)
  })

  it('shows no values of a closed connection', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ n: sum() })
    observer.subscribe(() => {})()
    const stop = observer.subscribe(() => {})
    transport.latest().open()
    send('n', 5)
    stop()
    observe({}).subscribe(() => {})
    const next = { n: sum() }
    expect(observer.getSnapshot(next)).toMatchObject({ status: 'connecting', data: { n: 0 } })
    observer.update(next, {})
    observer.subscribe(() => {})
    expect(observer.getSnapshot().data.n).toBe(0)
  })
})

describe('update()', () => {
  it('keeps the values, and uses the latest functions', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ n: json<number>().reduce((kept, n) => kept + n, 0) })
    observer.subscribe(() => {})
    transport.latest().open()
    send('n', 1)
    observer.update({ n: json<number>().reduce((kept, n) => kept + 10 * n, 0) }, {})
    send('n', 1)
    expect(observer.getSnapshot().data).toEqual({ n: 11 })
  })

  it('subscribes to new channels, and unsubscribes from old ones', () => {
    const { observe, transport, send } = setup()
    const handler = vi.fn()
    const observer = observe({ a: json().forEach(handler), b: json() })
    observer.subscribe(() => {})
    transport.latest().open()
    observer.update({ b: json(), c: json().last(2) }, {})
    expect(transport.latest().names).toEqual(['a', 'b', 'c'])
    send('a', 1)
    send('c', 2)
    expect(handler).not.toHaveBeenCalled()
    expect(observer.getSnapshot().data).toEqual({ b: undefined, c: [2] })
  })

  it('subscribes to another event if the channel for a key has another event name', () => {
    const { observe, transport, send } = setup()
    const observer = observe({ x: json().from('a').last(5) } as Channels)
    observer.subscribe(() => {})
    transport.latest().open()
    send('a', 1)
    observer.update({ x: json().from('b').last(5) }, {})
    send('a', 2)
    send('b', 3)
    expect(observer.getSnapshot().data).toEqual({ x: [3] })
  })

  it('has no effects before the first subscriber, which uses the latest channels', () => {
    const { observe, transport } = setup()
    const observer = observe({ a: json() })
    observer.update({ a: text() }, {})
    observer.update({ b: json() }, {})
    expect(transport.attempts).toHaveLength(0)
    observer.subscribe(() => {})
    expect(transport.latest().names).toEqual(['b'])
  })

  it('adds no subscription for an observer without listeners on an open connection', () => {
    const { observe, transport } = setup()
    observe({}).subscribe(() => {})
    const observer = observe({ a: json() })
    observer.update({ b: json() }, {})
    expect(transport.latest().names).toEqual([])
  })

  it('replaces the options, and checks them', () => {
    const { observe, transport } = setup()
    const onOpen = vi.fn()
    const observer = observe({})
    observer.subscribe(() => {})
    observer.update({}, { onOpen })
    transport.latest().open()
    expect(onOpen).toHaveBeenCalledTimes(1)
    expect(() => observer.update({}, { linger: -1 })).toThrow(RangeError)
  })

  it('checks the channels', () => {
    const { observe } = setup()
    const observer = observe({ a: json() })
    const mistake = { a: json } as never
    for (const use of [observer.reuse, (channels: never) => observer.update(channels, {})]) {
      expect(() => use(mistake)).toThrow('The channel `a` is a function: call it, as in json()')
      expect(() => use(null as never)).toThrow('`channels` is null: give a map')
    }
    expect(() => observe(mistake)).toThrow(TypeError)
    // The mistake has changed nothing.
    expect(observer.getSnapshot().data).toEqual({ a: undefined })
  })
})

describe('select', () => {
  it('is called again only if the data or the selector has changed', () => {
    const { observe, transport, send } = setup()
    const channels = { n: sum(), other: json() }
    const observer = observe(channels)
    observer.subscribe(() => {})
    transport.latest().open()
    const select = vi.fn(({ n }: { n: number }) => ({ n }))
    const first = observer.getSnapshot(channels, { select })
    expect(observer.getSnapshot(channels, { select })).toBe(first)
    expect(select).toHaveBeenCalledTimes(1)
    transport.latest().drop()
    expect(observer.getSnapshot(channels, { select }).data).toBe(first.data)
    expect(select).toHaveBeenCalledTimes(1)
    send('n', 1)
    expect(observer.getSnapshot(channels, { select }).data).toEqual({ n: 1 })
    expect(select).toHaveBeenCalledTimes(2)
    const otherSelect = vi.fn(() => 'other')
    expect(observer.getSnapshot(channels, { select: otherSelect }).data).toBe('other')
    expect(observer.getSnapshot(channels).data).toEqual({ n: 1, other: undefined })
  })

  it('returns the same snapshot while the selection is the same, including NaN', () => {
    const { observe, transport, send } = setup()
    const channels = { n: sum() }
    const observer = observe(channels)
    observer.subscribe(() => {})
    transport.latest().open()
    for (const value of [Number.NaN, undefined, 'a']) {
      const select = (): unknown => value
      const before = observer.getSnapshot(channels, { select })
      send('n', 1)
      expect(observer.getSnapshot(channels, { select })).toBe(before)
      expect(observer.getSnapshot(channels, { select: () => value })).toBe(before)
      expect(before.data).toBe(value)
    }
  })

  it('keeps the first selection while isEqual returns true', () => {
    const { observe, transport, send } = setup()
    const channels = { n: sum() }
    const observer = observe(channels)
    observer.subscribe(() => {})
    transport.latest().open()
    const isEqual = vi.fn((a: { even: boolean }, b: { even: boolean }) => a.even === b.even)
    const selection = { select: ({ n }: { n: number }) => ({ even: n % 2 === 0 }), isEqual }
    const before = observer.getSnapshot(channels, selection)
    expect(isEqual).not.toHaveBeenCalled()
    send('n', 2)
    expect(observer.getSnapshot(channels, selection)).toBe(before)
    expect(isEqual).toHaveBeenLastCalledWith({ even: true }, { even: true })
    send('n', 1)
    expect(observer.getSnapshot(channels, selection).data).toEqual({ even: false })
  })

  it('receives the values of channels that are not committed', () => {
    const { observe } = setup()
    const observer = observe({})
    const seen = observer.getSnapshot({ n: sum() }, { select: ({ n }) => n + 1 })
    expect(seen.data).toBe(1)
    expect(observer.getSnapshot().data).toEqual({})
  })
})

/** Creates a connection without a linger. */
function setup(options: EventSourceOptions = {}) {
  const clock = createClock()
  const transport = createScriptedTransport()
  const connection = createConnection('/stream', { transport, linger: 0, ...options }, clock)
  return {
    observe: connection.observe,
    transport,
    clock,
    /** Sends an event, and runs the next frame. */
    send(type: string, data: unknown) {
      transport.latest().emit(type, typeof data === 'string' ? data : JSON.stringify(data))
      clock.frame()
    },
  }
}
