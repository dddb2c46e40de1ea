import { act, cleanup, render, renderHook, screen } from '@testing-library/react'
import { memo, type ReactNode, StrictMode, useState } from 'react'
import { type EventSourceResult, json, text, useEventSource } from 'use-event-source'
import {
  expectNoOpenConnections,
  installMockEventSource,
  MockEventSource,
} from 'use-event-source/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'

interface Trade {
  symbol: string
  price: number
}

beforeEach(() => installMockEventSource())
afterEach(() => {
  cleanup()
  expectNoOpenConnections()
})

/** Returns the only live source. */
function theSource(): MockEventSource {
  const live = MockEventSource.instances.filter((source) => source.readyState !== 2)
  expect(live).toHaveLength(1)
  return live[0] as MockEventSource
}

describe('channels', () => {
  it('keep the latest value, the last few, the latest by key and a reduced value', () => {
    const { result } = renderHook(() =>
      useEventSource('/api', {
        trade: json<Trade>(),
        recent: json<Trade>().from('trade').last(2),
        bySymbol: json<Trade>()
          .from('trade')
          .latestBy((trade) => trade.symbol),
        total: json<Trade>()
          .from('trade')
          .reduce((sum, trade) => sum + trade.price, 0),
        note: text(),
      }),
    )
    expect(result.current.data).toEqual({
      trade: undefined,
      recent: [],
      bySymbol: new Map(),
      total: 0,
      note: undefined,
    })
    const source = theSource()
    source.open()
    const trades = [
      { symbol: 'A', price: 1 },
      { symbol: 'B', price: 2 },
      { symbol: 'A', price: 3 },
    ]
    for (const trade of trades) source.emit('trade', trade)
    source.emit('note', 'plain text')
    expect(result.current.data).toEqual({
      trade: trades[2],
      recent: trades.slice(1),
      bySymbol: new Map([
        ['A', trades[2]],
        ['B', trades[1]],
      ]),
      total: 6,
      note: 'plain text',
    })
  })

  it('neither change nor render for an event of json() with empty data', () => {
    const onError = vi.fn()
    const onRender = vi.fn()
    const { result } = renderHook(() => {
      onRender()
      return useEventSource<{ trade: Trade }>('/api', ['trade'], { onError })
    })
    const source = theSource()
    source.open()
    source.emit('trade', { symbol: 'A', price: 1 })
    const { data, error } = result.current
    onRender.mockClear()
    source.emit('trade', '')
    expect(result.current).toMatchObject({ data, error })
    expect([onRender, onError].map(({ mock }) => mock.calls)).toEqual([[], []])
  })

  it('may be given as names, short for json() on each', () => {
    const { result } = renderHook(() => useEventSource<{ trade: Trade }>('/api', ['trade']))
    const source = theSource()
    source.open()
    source.emit('trade', { symbol: 'A', price: 1 })
    expect(result.current.data.trade?.price).toBe(1)
  })

  it('may be left out, to show only the state and subscribe to no event', () => {
    let renders = 0
    const { result } = renderHook(() => {
      renders++
      return useEventSource('/api')
    })
    const source = theSource()
    source.open()
    expect(result.current).toMatchObject({ status: 'open', data: {} })
    const before = renders
    source.emit('message', 'x')
    expect(renders).toBe(before)
  })

  it('may have the names of built-in properties and events', () => {
    const names = ['__proto__', 'constructor', 'toString', 'error', 'open', 'message', '']
    const channels = Object.fromEntries(
      names.map((name) => [`on ${name}`, text().from(name || 'message')]),
    )
    const { result } = renderHook(() => useEventSource('/api', channels))
    const own = renderHook(() =>
      useEventSource('/api', { ['__proto__']: text(), constructor: text() }),
    )
    const source = theSource()
    source.open()
    for (const name of names) source.emit(name, `data of ${name}`)
    for (const name of names.slice(0, 5))
      expect(result.current.data[`on ${name}`]).toBe(`data of ${name}`)
    expect(result.current.status).toBe('open')
    expect(Object.entries(own.result.current.data)).toEqual([
      ['__proto__', 'data of __proto__'],
      ['constructor', 'data of constructor'],
    ])
  })

  it('keep the identity of data, and of the result, while nothing changes', () => {
    const { result, rerender } = renderHook(() =>
      useEventSource('/api', {
        a: json().from('x').last(3),
        b: json<number>().reduce((n) => n + 1, 0),
      }),
    )
    theSource().open()
    const before = result.current
    rerender()
    expect(result.current).toBe(before)
    theSource().emit('x', 1)
    expect(result.current.data).not.toBe(before.data)
    expect(result.current.reconnect).toBe(before.reconnect)
  })
})

describe('sharing', () => {
  it('shows the kept value of a channel in the first render of a late component', () => {
    const channel = json<Trade>().latestBy((trade) => trade.symbol)
    renderHook(() => useEventSource('/api', { trade: channel }))
    theSource().open()
    theSource().emit('trade', { symbol: 'A', price: 1 })
    const seen: unknown[] = []
    renderHook(() => {
      const { data, status } = useEventSource('/api', { trade: channel })
      seen.push([status, data.trade.get('A')?.price])
    })
    expect(new Set(seen.map((entry) => JSON.stringify(entry)))).toEqual(new Set(['["open",1]']))
  })

  it('works for inline json(), text(), .from() and .last()', () => {
    const first = renderHook(() => useEventSource('/api', { x: json().from('y').last(3) }))
    theSource().open()
    theSource().emit('y', 1)
    const second = renderHook(() => useEventSource('/api', { x: json().from('y').last(3) }))
    expect(second.result.current.data.x).toBe(first.result.current.data.x)
  })

  it('decodes an event once for any number of components and channels', () => {
    const parse = vi.spyOn(JSON, 'parse')
    for (let i = 0; i < 10; i++) {
      renderHook(() =>
        useEventSource('/api', {
          a: json(),
          b: json().from('a').last(2),
          c: json<number>()
            .from('a')
            .reduce((n) => n + 1, 0),
        }),
      )
    }
    theSource().open()
    theSource().emit('a', '1')
    expect(parse).toHaveBeenCalledTimes(1)
    parse.mockRestore()
  })
})

describe('inline arguments', () => {
  it('are used in their latest version, without a reconnect or a new subscription', () => {
    const listen = vi.spyOn(MockEventSource.prototype, 'addEventListener')
    const seen: string[] = []
    const { result, rerender } = renderHook(
      ({ step }) => {
        return useEventSource(
          '/api',
          {
            tick: json<number>().reduce((sum, n) => sum + n * step, 0),
            each: json<number>()
              .from('tick')
              .forEach((n) => seen.push(`${step}:${n}`)),
          },
          {
            select: (data) => data.tick + step,
            retry: { initialDelay: step },
            onOpen: () => seen.push(`open ${step}`),
          },
        )
      },
      { initialProps: { step: 1 } },
    )
    for (let step = 2; step <= 100; step++) rerender({ step })
    theSource().open()
    theSource().emit('tick', 1)
    expect(result.current.data).toBe(200)
    rerender({ step: 1000 })
    theSource().emit('tick', 1)
    expect(result.current.data).toBe(2100)
    expect(seen).toEqual(['open 100', '100:1', '1000:1'])
    expect(MockEventSource.instances).toHaveLength(1)
    expect(listen.mock.calls.filter(([name]) => name === 'tick')).toHaveLength(1)
    listen.mockRestore()
  })

  it('re-render only for the result of select', () => {
    let renders = 0
    const prices = json<Trade>().latestBy((trade) => trade.symbol)
    const { result } = renderHook(() => {
      renders++
      return useEventSource(
        '/api',
        { trade: prices },
        { select: (data) => data.trade.get('A')?.price },
      )
    })
    theSource().open()
    theSource().emit('trade', { symbol: 'A', price: 1 })
    const before = renders
    theSource().emit('trade', { symbol: 'B', price: 1 })
    theSource().emit('trade', { symbol: 'A', price: 1 })
    expect(renders).toBe(before)
    theSource().emit('trade', { symbol: 'A', price: 2 })
    expect(result.current.data).toBe(2)
  })

  it('apply a new select in the render that passes it', () => {
    const prices = json<Trade>().latestBy((trade) => trade.symbol)
    const rendered: unknown[] = []
    const { rerender } = renderHook(
      ({ symbol }) => {
        const { data } = useEventSource(
          '/api',
          { trade: prices },
          { select: (all) => all.trade.get(symbol)?.price },
        )
        rendered.push(data)
      },
      { initialProps: { symbol: 'A' } },
    )
    theSource().open()
    theSource().emit('trade', { symbol: 'A', price: 1 })
    theSource().emit('trade', { symbol: 'B', price: 2 })
    rendered.length = 0
    rerender({ symbol: 'B' })
    expect(rendered).toEqual([2])
  })

  it('keep the selected value while isEqual returns true', () => {
    const { result } = renderHook(() =>
      useEventSource(
        '/api',
        { n: json<number>() },
        {
          select: ({ n }) => ({ even: n !== undefined && n % 2 === 0 }),
          isEqual: (a, b) => a.even === b.even,
        },
      ),
    )
    theSource().open()
    theSource().emit('n', 2)
    const before = result.current.data
    theSource().emit('n', 4)
    expect(result.current.data).toBe(before)
    theSource().emit('n', 5)
    expect(result.current.data).toEqual({ even: false })
  })
})

describe('an error', () => {
  it('from decoding keeps the previous value, and clears at the next valid event', () => {
    const { result } = renderHook(() =>
      useEventSource('/api', { n: json<number>(), other: json() }),
    )
    const badge = renderHook(() => useEventSource('/api', { other: json() }))
    theSource().open()
    theSource().emit('n', '1')
    theSource().emit('n', '{oops')
    expect(result.current.data.n).toBe(1)
    expect(result.current.status).toBe('open')
    expect(result.current.error).toMatchObject({ type: 'decode', event: 'n', raw: '{oops' })
    expect(result.current.error?.cause).toBeInstanceOf(SyntaxError)
    expect(badge.result.current.error).toBeNull()
    theSource().emit('other', '1')
    expect(result.current.error?.event).toBe('n')
    theSource().emit('n', '2')
    expect(result.current).toMatchObject({ error: null, data: { n: 2 } })
  })

  it('from a Standard Schema is shown, and valid data becomes the output of the schema', () => {
    const Price = z.object({ price: z.coerce.number() })
    const onError = vi.fn()
    const { result } = renderHook(() => useEventSource('/api', { quote: json(Price) }, { onError }))
    theSource().open()
    theSource().emit('quote', { price: '12' })
    expect(result.current.data.quote).toEqual({ price: 12 })
    theSource().emit('quote', { cost: 12 })
    expect(result.current.data.quote).toEqual({ price: 12 })
    expect(result.current.error).toMatchObject({
      type: 'validation',
      event: 'quote',
      raw: '{"cost":12}',
    })
    expect(result.current.error?.cause).toMatchObject([{ path: ['price'] }])
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it('in a handler, a reducer or a key function is reported, and affects no other channel', () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const seen: unknown[] = []
    const boom = (name: string) => () => {
      throw new Error(name)
    }
    const { result } = renderHook(() =>
      useEventSource('/api', {
        n: json<number>().forEach(boom('handler')),
        folded: json<number>().from('n').reduce(boom('reducer'), 0),
        keyed: json<number>().from('n').latestBy(boom('key')),
        good: json<number>()
          .from('n')
          .forEach((n) => seen.push(n)),
        latest: json<number>().from('n'),
      }),
    )
    theSource().open()
    theSource().emit('n', 7)
    expect(report.mock.calls.map(([error]) => error.message)).toEqual(['handler', 'reducer', 'key'])
    expect(seen).toEqual([7])
    expect(result.current).toMatchObject({ error: null, data: { folded: 0, latest: 7 } })
    vi.unstubAllGlobals()
  })
})

describe('the state', () => {
  it('is correct while the browser retries', () => {
    const { result } = renderHook(() => useEventSource('/api'))
    const calm = { attempt: 0, retryAt: null, reason: null, error: null }
    expect(result.current).toMatchObject({ status: 'connecting', ...calm })
    theSource().open()
    expect(result.current).toMatchObject({ status: 'open', ...calm })
    for (const attempt of [1, 2, 3]) {
      theSource().drop()
      const error = { type: 'network', attempt }
      expect(result.current).toMatchObject({
        status: 'reconnecting',
        attempt,
        retryAt: null,
        error,
      })
    }
    theSource().open()
    expect(result.current).toMatchObject({ status: 'open', ...calm })
    expect(MockEventSource.instances).toHaveLength(1)
  })

  it('is correct while the policy retries, and after close() and reconnect()', () => {
    vi.useFakeTimers()
    const { result } = renderHook(() =>
      useEventSource('/api', {}, { retry: { initialDelay: 100, jitter: false, maxAttempts: 2 } }),
    )
    theSource().open()
    for (const [attempt, delay] of [
      [1, 100],
      [2, 200],
    ] as const) {
      theSource().drop()
      const retryAt = Date.now() + delay
      expect(result.current).toMatchObject({ status: 'reconnecting', attempt, retryAt })
      act(() => void vi.advanceTimersByTime(delay))
      expect(result.current).toMatchObject({ status: 'reconnecting', attempt, retryAt: null })
    }
    theSource().fail()
    expect(result.current).toMatchObject({
      status: 'closed',
      reason: 'failed',
      error: { type: 'network', attempt: 3 },
    })
    act(() => result.current.reconnect())
    expect(result.current).toMatchObject({ status: 'connecting', reason: null, error: null })
    theSource().open()
    act(() => result.current.close())
    expect(result.current).toMatchObject({ status: 'closed', reason: 'stopped', error: null })
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('re-renders no component that has never read it', () => {
    const seen: unknown[] = []
    renderHook(() => {
      const { data, reconnect } = useEventSource('/api', { n: json<number>() })
      seen.push(data.n)
      return reconnect
    })
    theSource().open()
    theSource().drop()
    theSource().open()
    theSource().emit('n', '{oops')
    expect(seen).toEqual([undefined])
    theSource().emit('n', 1)
    expect(seen).toEqual([undefined, 1])
  })

  it('is current for a component that first reads it late, and followed from then on', () => {
    const { result, rerender } = renderHook(
      ({ isShown }) => {
        const source = useEventSource('/api', { n: json<number>() })
        return isShown ? `${source.status} ${source.error?.type}` : source.data.n
      },
      { initialProps: { isShown: false } },
    )
    theSource().open()
    theSource().emit('n', '{oops')
    rerender({ isShown: true })
    expect(result.current).toBe('open decode')
    theSource().drop()
    expect(result.current).toBe('reconnecting network')
    rerender({ isShown: false })
    theSource().open()
    theSource().emit('n', 1)
    rerender({ isShown: true })
    expect(result.current).toBe('open undefined')
  })

  it('does not change in an older result', () => {
    const seen: EventSourceResult<{ n: number | undefined }>[] = []
    renderHook(() => seen.push(useEventSource('/api', { n: json<number>() })))
    theSource().open()
    theSource().emit('n', 1)
    theSource().drop()
    expect(seen.map(({ status, data }) => [status, data.n])).toEqual([
      ['connecting', undefined],
      ['reconnecting', 1],
    ])
    theSource().open()
    expect(seen.map(({ status }) => status)).toEqual(['connecting', 'reconnecting', 'open'])
  })

  it.each<[string, (result: object) => unknown]>([
    ['a spread', (result) => ({ ...result })],
    ['the rest', ({ data, ...rest }: { data?: unknown }) => [data, rest]],
    ['JSON', (result) => JSON.stringify(result)],
  ])('counts as read by %s', (_, read) => {
    const seen: unknown[] = []
    renderHook(() => {
      seen.push(read(useEventSource('/api', { n: json() })))
    })
    theSource().open()
    expect(seen).toHaveLength(2)
  })

  it('is followed when only a memoized child reads it', () => {
    const Badge = memo(({ source }: { source: EventSourceResult<object> }) => source.status)
    function Page() {
      return <Badge source={useEventSource('/api', { n: json() })} />
    }
    const { container } = render(<Page />)
    expect(container.textContent).toBe('connecting')
    theSource().open()
    expect(container.textContent).toBe('open')
  })

  it('has the error of the connection rather than that of an event', () => {
    const { result } = renderHook(() => useEventSource('/api', { n: json() }))
    theSource().open()
    theSource().emit('n', '{oops')
    theSource().drop()
    expect(result.current.error?.type).toBe('network')
    theSource().open()
    expect(result.current.error?.type).toBe('decode')
  })
})

describe('the connection', () => {
  it('is opened once for any number of components, even in StrictMode', () => {
    function App({ children }: { children?: ReactNode }) {
      useEventSource('/api', { x: json() })
      return children
    }
    render(
      <StrictMode>
        {Array.from({ length: 100 }, (_, i) => (
          <App key={i} />
        ))}
      </StrictMode>,
    )
    theSource()
    expect(MockEventSource.instances).toHaveLength(1)
  })

  it('is idle without a url, and follows a change of url', () => {
    const { result, rerender } = renderHook(
      ({ url }) => useEventSource(url, { n: json<number>() }),
      {
        initialProps: { url: null as string | null },
      },
    )
    expect(result.current).toMatchObject({ status: 'idle', data: { n: undefined } })
    rerender({ url: '/one' })
    expect(result.current.status).toBe('connecting')
    const one = theSource()
    one.open()
    one.emit('n', 1)
    expect(result.current.data.n).toBe(1)
    rerender({ url: '/two' })
    expect(result.current).toMatchObject({ status: 'connecting', data: { n: undefined } })
    one.emit('n', 2)
    expect(result.current.data.n).toBeUndefined()
    rerender({ url: null })
    expect(result.current.status).toBe('idle')
  })

  it('survives a route change, with the kept values', () => {
    vi.useFakeTimers()
    function Page() {
      const { data } = useEventSource('/api', { n: json<number>().last(5) })
      return <p>{data.n.join(',')}</p>
    }
    function App() {
      const [shown, setShown] = useState(true)
      return (
        <>
          <button type="button" onClick={() => setShown(!shown)}>
            go
          </button>
          {shown && <Page />}
        </>
      )
    }
    render(<App />)
    const source = theSource()
    source.open()
    source.emit('n', 1)
    act(() => screen.getByText('go').click())
    source.emit('n', 2)
    act(() => void vi.advanceTimersByTime(900))
    act(() => screen.getByText('go').click())
    expect(screen.getByText('1,2')).toBeTruthy()
    act(() => void vi.advanceTimersByTime(5_000))
    expect(source.readyState).toBe(1)
    act(() => screen.getByText('go').click())
    act(() => void vi.advanceTimersByTime(1_000))
    expect(source.readyState).toBe(2)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('throws during render for an invalid url or option, and names the fix', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(() => renderHook(() => useEventSource('http://'))).toThrow(/does not parse: give/)
    expect(() => renderHook(() => useEventSource('/api', {}, { linger: -1 }))).toThrow(
      /linger is -1: give/,
    )
    expect(() =>
      renderHook(() => useEventSource('/api', {}, { retry: { maxDelay: Number.NaN } })),
    ).toThrow(/maxDelay is NaN: give/)
    log.mockRestore()
  })

  it.each<[string, unknown[]]>([
    ['The channel `quote` is a function: call it, as in json()', [{ quote: json }]],
    ['The channel `quote` is undefined: give json() or another channel', [{ quote: undefined }]],
    ['`events` is "quote": give a map, as in { quote: json() }, or an array of names', ['quote']],
    ['`events[0]` is an object: give an array of names', [[json()]]],
    ['`heartbeat` is an option: give the options as the argument', [{ heartbeat: 5_000 }]],
    ['The options are null: give an object', [{}, null]],
    ['The options are 5000: give an object', [{}, 5_000]],
    ['`heartBeat` is not an option: did you mean `heartbeat`?', [{}, { heartBeat: 5_000 }]],
    ['transport is a function: call it, as in nativeTransport()', [{}, { transport: () => {} }]],
    ['select is "price": give a function', [{}, { select: 'price' }]],
    ['`signal` is not an option: the options are', [{}, { signal: AbortSignal.abort() }]],
  ])('throws during render for a mistake: %s', (sentence, args) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const use = (...given: unknown[]) =>
      useEventSource('/api', ...(given as [{ quote: ReturnType<typeof json> }, object]))
    expect(() => renderHook(() => use(...args))).toThrow(TypeError)
    expect(() => renderHook(() => use(...args))).toThrow(sentence)
    // The mistake may also come with a later render.
    const { rerender } = renderHook((given: unknown[]) => use(...given), {
      initialProps: [] as unknown[],
    })
    expect(() => rerender(args)).toThrow(sentence)
    log.mockRestore()
  })

  it('throws during render for a url that is none', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    for (const url of [5, true, {}, () => '/api']) {
      expect(() => renderHook(() => useEventSource(url as never))).toThrow(/^The url is .*: give/)
    }
    log.mockRestore()
  })
})
