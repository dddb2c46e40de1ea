import { act, cleanup, render, renderHook, screen } from '@testing-library/react'
import type { ReactNode } from 'react'
import { json, nativeTransport, SSEProvider, useEventSource, useSSE } from 'use-event-source'
import {
  expectNoOpenConnections,
  installMockEventSource,
  MockEventSource,
} from 'use-event-source/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

beforeEach(() => installMockEventSource())
afterEach(() => {
  cleanup()
  expectNoOpenConnections()
  vi.useRealTimers()
})

const urls = (): string[] =>
  MockEventSource.instances
    .filter((source) => source.readyState !== 2)
    .map((source) => new URL(source.url).pathname)

function Latest({ of: name }: { of: string }) {
  const { data, status } = useSSE<Record<string, number>>([name])
  return <p data-testid={name}>{`${status} ${data[name] ?? '-'}`}</p>
}

describe('a provider', () => {
  it.each<[string, object]>([
    ['`heartBeat` is not an option: did you mean `heartbeat`?', { heartBeat: 5_000 }],
    ['`select` is not an option: the options are', { select: () => {} }],
    ['linger is false: give a number from 0 up', { linger: false }],
    ['The url is a function: give a string or a URL, or null for none', { url: () => '/events' }],
  ])('throws during render for a mistake, at first and later: %s', (sentence, props) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(() => render(<SSEProvider url="/events" {...props} />)).toThrow(sentence)
    const { rerender } = render(<SSEProvider url="/events" />)
    expect(() => rerender(<SSEProvider url="/events" {...props} />)).toThrow(sentence)
    log.mockRestore()
  })

  it('opens one connection, shared by everything below it', () => {
    render(
      <SSEProvider url="/events">
        <Latest of="a" />
        <Latest of="b" />
      </SSEProvider>,
    )
    expect(MockEventSource.instances).toHaveLength(1)
    const source = MockEventSource.latest('/events')
    source.open()
    source.emit('a', 1)
    source.emit('b', 2)
    expect(screen.getByTestId('a').textContent).toBe('open 1')
    expect(screen.getByTestId('b').textContent).toBe('open 2')
  })

  it('moves everything below it to another stream in the render that changes the request', () => {
    vi.useFakeTimers()
    const open = (): boolean[] =>
      MockEventSource.instances
        .filter((source) => source.readyState !== 2)
        .map((source) => source.withCredentials)
    const app = (withCredentials: boolean | undefined): ReactNode => (
      <SSEProvider url="/events" withCredentials={withCredentials}>
        <Latest of="a" />
        <SSEProvider url="/events">
          <Latest of="b" />
        </SSEProvider>
      </SSEProvider>
    )
    const { rerender } = render(app(false))
    vi.advanceTimersByTime(1_000)
    expect(open()).toEqual([false, false])
    rerender(app(true))
    vi.advanceTimersByTime(1_000)
    expect(open()).toEqual([true, true])
    rerender(app(undefined))
    vi.advanceTimersByTime(1_000)
    expect(open()).toEqual([false, false])
  })

  it('opens its connection without a consumer, and keeps it while consumers come and go', () => {
    vi.useFakeTimers()
    const { rerender, unmount } = render(<SSEProvider url="/events" />)
    expect(urls()).toEqual(['/events'])
    MockEventSource.latest().open()
    rerender(
      <SSEProvider url="/events">
        <Latest of="a" />
      </SSEProvider>,
    )
    rerender(<SSEProvider url="/events" />)
    vi.advanceTimersByTime(60_000)
    expect(urls()).toEqual(['/events'])
    expect(MockEventSource.instances).toHaveLength(1)
    unmount()
    vi.advanceTimersByTime(1_000)
    expect(urls()).toEqual([])
  })

  it('re-renders a component that reads only the state for the state, never for events', () => {
    let renders = 0
    function Badge() {
      renders++
      return <p role="status">{useSSE().status}</p>
    }
    render(
      <SSEProvider url="/events">
        <Badge />
        <Latest of="a" />
      </SSEProvider>,
    )
    MockEventSource.latest().open()
    const before = renders
    for (let i = 0; i < 10; i++) MockEventSource.latest().emit('a', i)
    expect(screen.getByTestId('a').textContent).toBe('open 9')
    expect(renders).toBe(before)
    MockEventSource.latest().drop()
    expect(screen.getByRole('status').textContent).toBe('reconnecting')
  })

  it('shares equal streams below it, and never with the outside or another provider', () => {
    const Inner = () => {
      useEventSource('/other', { x: json() })
      return null
    }
    render(
      <>
        <SSEProvider url="/events">
          <Inner />
          <Inner />
        </SSEProvider>
        <SSEProvider url="/events">
          <Inner />
        </SSEProvider>
        <Inner />
      </>,
    )
    expect(urls().toSorted()).toEqual(['/events', '/events', '/other', '/other', '/other'])
  })

  it('sets the defaults of every hook below it, and the nearest provider wins', () => {
    const onOpen = vi.fn()
    const wrapper = ({ children }: { children: ReactNode }) => (
      <SSEProvider url="/events" withCredentials retry={false} onOpen={onOpen}>
        <SSEProvider url="/nested" withCredentials={false}>
          {children}
        </SSEProvider>
      </SSEProvider>
    )
    const { result } = renderHook(
      () => [useSSE(), useSSE(), useEventSource('/own', {}, { withCredentials: true })] as const,
      { wrapper },
    )
    expect(MockEventSource.latest('/events').withCredentials).toBe(true)
    expect(MockEventSource.latest('/nested').withCredentials).toBe(false)
    expect(MockEventSource.latest('/own').withCredentials).toBe(true)
    const nested = MockEventSource.latest('/nested')
    nested.open()
    // Called once for the connection, not once for each component.
    expect(onOpen).toHaveBeenCalledTimes(1)
    nested.drop()
    expect(result.current[0]).toMatchObject({ status: 'closed', reason: 'failed' })
  })

  it('neither reconnects nor re-renders its children when its options are written inline', () => {
    let renders = 0
    const onOpen = vi.fn()
    function Child() {
      renders++
      useSSE()
      return null
    }
    const child = <Child />
    const app = (n: number) => (
      <SSEProvider
        url={new URL('http://localhost:3000/events')}
        transport={nativeTransport()}
        retry={{ initialDelay: 100 }}
        onOpen={() => onOpen(n)}
      >
        {child}
      </SSEProvider>
    )
    const { rerender } = render(app(0))
    const before = renders
    for (let n = 1; n <= 100; n++) rerender(app(n))
    expect(renders).toBe(before)
    expect(MockEventSource.instances).toHaveLength(1)
    MockEventSource.latest().open()
    expect(onOpen.mock.calls).toEqual([[100]])
  })

  it('moves everything below it to a new url, and is idle without one', () => {
    const app = (url: string | null) => (
      <SSEProvider url={url}>
        <Latest of="a" />
      </SSEProvider>
    )
    const { rerender } = render(app(null))
    expect(screen.getByTestId('a').textContent).toBe('idle -')
    rerender(app('/one'))
    MockEventSource.latest('/one').open()
    MockEventSource.latest('/one').emit('a', 1)
    expect(screen.getByTestId('a').textContent).toBe('open 1')
    rerender(app('/two'))
    expect(screen.getByTestId('a').textContent).toBe('connecting -')
    MockEventSource.latest('/one').emit('a', 2)
    expect(screen.getByTestId('a').textContent).toBe('connecting -')
  })

  it('shares the effect of close() and reconnect()', () => {
    const { result } = renderHook(() => [useSSE(), useSSE()] as const, {
      wrapper: ({ children }) => <SSEProvider url="/events">{children}</SSEProvider>,
    })
    MockEventSource.latest().open()
    act(() => result.current[0].close())
    expect(result.current[1]).toMatchObject({ status: 'closed', reason: 'stopped' })
    expect(urls()).toEqual([])
    act(() => result.current[1].reconnect())
    expect(result.current[0].status).toBe('connecting')
    expect(urls()).toEqual(['/events'])
  })

  it('is required by useSSE, whose error contains the fix', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(() => renderHook(() => useSSE())).toThrow(/add one, or call useEventSource\(url\)/)
    log.mockRestore()
  })
})
