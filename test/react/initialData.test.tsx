import { cleanup, render, renderHook, screen } from '@testing-library/react'
import { type ReactNode, StrictMode } from 'react'
import { json, SSEProvider, text, useEventSource, useSSE } from 'use-event-source'
import {
  expectNoOpenConnections,
  installMockEventSource,
  MockEventSource,
} from 'use-event-source/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

interface Trade {
  symbol: string
  price: number
}

const [A, B, C] = [
  { symbol: 'A', price: 1 },
  { symbol: 'B', price: 2 },
  { symbol: 'A', price: 3 },
]

beforeEach(() => installMockEventSource())
afterEach(() => {
  cleanup()
  expectNoOpenConnections()
})

/** Renders a hook with inline arguments. Returns it with the data of each render. */
function renderInline(url: string | null = '/api', isStrict = false) {
  const seen: unknown[] = []
  const hook = renderHook(
    (props: { url: string | null }) => {
      const result = useEventSource(
        props.url,
        {
          trade: json<Trade>(),
          recent: json<Trade>().from('trade').last(2),
          bySymbol: json<Trade>()
            .from('trade')
            .latestBy(({ symbol }) => symbol),
          total: json<Trade>()
            .from('trade')
            .reduce((sum, { price }) => sum + price, 0),
        },
        {
          initialData: { trade: B, recent: [A, B], bySymbol: new Map([['A', A]]), total: 3 },
        },
      )
      seen.push(result.data)
      return result
    },
    { initialProps: { url }, wrapper: isStrict ? StrictMode : undefined },
  )
  return { ...hook, seen }
}

const initial = { trade: B, recent: [A, B], bySymbol: new Map([['A', A]]), total: 3 }

describe('initialData', () => {
  it.each([false, true])(
    'is shown at once, and events are added to it (strict: %s)',
    (isStrict) => {
      const { result, seen } = renderInline('/api', isStrict)
      for (const data of seen) expect(data).toEqual(initial)
      const source = MockEventSource.latest()
      source.open()
      expect(result.current).toMatchObject({ status: 'open', data: initial })
      source.emit('trade', C)
      expect(result.current.data).toEqual({
        trade: C,
        recent: [B, C],
        bySymbol: new Map([['A', C]]),
        total: 6,
      })
    },
  )

  it('costs no extra render, and data keeps its identity, when written inline', () => {
    const { result, rerender, seen } = renderInline()
    expect(seen).toHaveLength(1)
    const before = result.current
    for (let n = 0; n < 20; n++) rerender({ url: '/api' })
    expect(seen).toHaveLength(21)
    expect(result.current).toBe(before)
    expect(before.status).toBe('connecting')
    MockEventSource.latest().open()
    expect(seen).toHaveLength(22)
    expect(result.current.data).toBe(before.data)
  })

  it('settles in StrictMode when written inline', () => {
    const { result, rerender, seen } = renderInline('/api', true)
    expect(seen.length).toBeLessThanOrEqual(4)
    const before = result.current
    rerender({ url: '/api' })
    expect(result.current).toBe(before)
  })

  it('is shown while there is no url, without a render loop', () => {
    const { result, rerender, seen } = renderInline(null)
    expect(result.current).toMatchObject({ status: 'idle', data: initial })
    rerender({ url: null })
    rerender({ url: null })
    expect(seen).toHaveLength(3)
    expect(result.current.data).toEqual(initial)
  })

  it('is shown again for a new url, without values from the old stream', () => {
    const { result, rerender } = renderInline('/one')
    MockEventSource.latest('/one').open()
    MockEventSource.latest('/one').emit('trade', C)
    rerender({ url: '/two' })
    expect(result.current).toMatchObject({ status: 'connecting', data: initial })
  })

  it('is keyed by event name when events are names', () => {
    const { result } = renderHook(() =>
      useEventSource<{ trade: Trade; other: number }>('/api', ['trade', 'other'], {
        initialData: { trade: A },
      }),
    )
    expect(result.current.data).toEqual({ trade: A, other: undefined })
  })

  it('is passed to select from the first render on', () => {
    const seen: unknown[] = []
    renderHook(() => {
      const { data } = useEventSource(
        '/api',
        { trade: json<Trade>().latestBy(({ symbol }) => symbol) },
        {
          initialData: { trade: new Map([['A', A]]) },
          select: ({ trade }) => trade.get('A')?.price,
        },
      )
      seen.push(data)
    })
    const source = MockEventSource.latest()
    source.open()
    source.emit('trade', B)
    source.emit('trade', C)
    expect(seen).toEqual([1, 3])
  })
})

describe('components that share a channel', () => {
  it('show its current value rather than initialData', () => {
    renderHook(() => useEventSource('/api', { note: text() }))
    MockEventSource.latest().open()
    MockEventSource.latest().emit('note', 'from the stream')
    const late = renderHook(() =>
      useEventSource('/api', { note: text() }, { initialData: { note: 'from the server' } }),
    )
    expect(late.result.current.data.note).toBe('from the stream')
  })

  it.each([0, 1])(
    'show initialData from one of them, even when another mounts first: at %d',
    (at) => {
      function Note({ initialData }: { initialData: string | undefined }) {
        const { data } = useEventSource(
          '/api',
          { note: text() },
          { initialData: { note: initialData } },
        )
        return <p data-testid="note">{data.note}</p>
      }
      render(
        [0, 1].map((n) => <Note key={n} initialData={n === at ? 'from the server' : undefined} />),
      )
      const texts = () => screen.getAllByTestId('note').map((note) => note.textContent)
      expect(texts()[at]).toBe('from the server')
      MockEventSource.latest().open()
      expect(texts()[at]).toBe('from the server')
      MockEventSource.latest().emit('note', 'from the stream')
      expect(texts()).toEqual(['from the stream', 'from the stream'])
    },
  )
})

describe('the initialData of a provider', () => {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <SSEProvider url="/events" initialData={{ note: 'from the server', n: 7 }}>
      {children}
    </SSEProvider>
  )

  it('is shown by useSSE below it, until the first event', () => {
    const { result } = renderHook(() => useSSE({ note: text(), other: text() }), { wrapper })
    expect(result.current.data).toEqual({ note: 'from the server', other: undefined })
    const source = MockEventSource.latest('/events')
    source.open()
    expect(result.current.data).toEqual({ note: 'from the server', other: undefined })
    source.emit('note', 'from the stream')
    expect(result.current.data.note).toBe('from the stream')
  })

  it('is shown by a component that mounts late, while no event has come', () => {
    const Number = () => <p role="note">{useSSE({ n: json<number>() }).data.n}</p>
    const app = (isShown: boolean) => (
      <SSEProvider url="/events" initialData={{ n: 7 }}>
        {isShown && <Number />}
      </SSEProvider>
    )
    const { rerender } = render(app(false))
    MockEventSource.latest('/events').open()
    rerender(app(true))
    expect(screen.getByRole('note').textContent).toBe('7')
  })

  it('is overridden by the initialData of a component', () => {
    const { result } = renderHook(
      () => useSSE({ note: text() }, { initialData: { note: 'from the component' } }),
      { wrapper },
    )
    expect(result.current.data.note).toBe('from the component')
  })

  it('re-renders no component when written inline', () => {
    let renders = 0
    function Note() {
      renders++
      return <p role="note">{useSSE({ note: json<{ text: string }>() }).data.note?.text}</p>
    }
    const note = <Note />
    const app = () => (
      <SSEProvider url="/events" initialData={{ note: { text: 'from the server' } }}>
        {note}
      </SSEProvider>
    )
    const { rerender } = render(app())
    for (let n = 0; n < 10; n++) rerender(app())
    expect(screen.getByRole('note').textContent).toBe('from the server')
    expect(renders).toBe(1)
  })
})
