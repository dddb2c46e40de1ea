import { act, cleanup, render } from '@testing-library/react'
import { StrictMode } from 'react'
import {
  type EventSourceOptions,
  type EventSourceResult,
  text,
  useEventSource,
} from 'use-event-source'
import { endLinger } from 'use-event-source/core'
import { fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createScriptedFetch } from './support/createScriptedFetch.ts'

const HOUR = 3_600_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  cleanup()
  endLinger()
  expect(vi.getTimerCount()).toBe(0)
  vi.restoreAllMocks()
  vi.useRealTimers()
})

type Result = EventSourceResult<{ message: string }>

const answer = text().reduce((kept, piece) => kept + piece, '')

function setup(
  options: Partial<EventSourceOptions> = {},
  fetchOptions: FetchTransportOptions = {},
) {
  const server = createScriptedFetch()
  let latest: Result | undefined
  // Every option is inline, as in an app, so each render creates new objects.
  function Answer({ again }: { again: number }) {
    latest = useEventSource(
      'https://example.com/answer',
      { message: answer },
      {
        transport: fetchTransport({
          fetch: server.fetch,
          method: 'POST',
          headers: { Authorization: 'token' },
          body: '{"prompt":"hello"}',
          ...fetchOptions,
        }),
        flush: 'sync',
        ...options,
      },
    )
    return <p id={String(again)}>{latest.data.message}</p>
  }
  const app = (again: number) => (
    <StrictMode>
      <Answer again={again} />
    </StrictMode>
  )
  const { rerender, unmount } = render(app(0))
  return {
    server,
    result: () => latest as Result,
    rerender: (again: number) => rerender(app(again)),
    unmount,
  }
}

describe('a POST', () => {
  it('is sent once under StrictMode, and is done when the response ends', async () => {
    const { server, result } = setup()
    await pass(0)
    expect(server.requests).toHaveLength(1)
    expect(server.latest()).toMatchObject({
      method: 'POST',
      init: { body: '{"prompt":"hello"}' },
    })
    server.latest().respond()
    server.latest().write('data: one\n\ndata: two\n\n')
    await pass(0)
    server.latest().end()
    await pass(HOUR)
    expect(result()).toMatchObject({
      status: 'closed',
      reason: 'done',
      error: null,
      data: { message: 'onetwo' },
    })
    expect(server.requests).toHaveLength(1)
  })

  it('is sent once under StrictMode with linger 0', async () => {
    const { server } = setup({ linger: 0 })
    await pass(0)
    expect(server.requests).toHaveLength(1)
  })

  it('is not sent again by a render with inline options', async () => {
    const { server, rerender, result } = setup()
    rerender(1)
    await pass(0)
    server.latest().respond()
    server.latest().write('data: one\n\n')
    await pass(0)
    rerender(2)
    await pass(0)
    server.latest().write('data: two\n\n')
    await pass(0)
    expect(result().data.message).toBe('onetwo')
    server.latest().end()
    await pass(0)
    rerender(3)
    await pass(HOUR)
    expect(server.requests).toHaveLength(1)
  })

  it.each<[string, (server: ReturnType<typeof createScriptedFetch>) => void]>([
    ['an error before the response', (server) => server.latest().reject(new TypeError('failed'))],
    [
      'a 503',
      (server) => {
        server.latest().respond(503, { 'Retry-After': '1' })
        server.latest().end()
      },
    ],
    [
      'a 429',
      (server) => {
        server.latest().respond(429, {})
        server.latest().end()
      },
    ],
    [
      'an error during the response',
      (server) => {
        server.latest().respond()
        server.latest().write('data: one\n\n')
        server.latest().error()
      },
    ],
    [
      'an overflow',
      (server) => {
        server.latest().respond()
        server.latest().write(`data: ${'x'.repeat(200)}`)
      },
    ],
  ])('fails after %s, and is not sent again', async (_, fail) => {
    const onError = vi.fn()
    const { server, result } = setup({ onError }, { maxBufferSize: 100 })
    await pass(0)
    fail(server)
    await pass(0)
    expect(result()).toMatchObject({ status: 'closed', reason: 'failed' })
    expect(onError).toHaveBeenCalledTimes(1)
    await pass(HOUR)
    wakeAll()
    await pass(HOUR)
    expect(server.requests).toHaveLength(1)
    expect(server.live()).toEqual([])
  })

  it('is not sent again if no response arrives', async () => {
    const { server, result } = setup({ connectTimeout: 5_000 })
    await pass(5_000)
    expect(result()).toMatchObject({ reason: 'failed', error: { type: 'timeout' } })
    await pass(HOUR)
    expect(server.requests).toHaveLength(1)
    expect(server.latest().phase).toBe('aborted')
  })

  it('is not sent again if the stream falls silent', async () => {
    const { server, result } = setup({ heartbeat: 5_000 })
    await pass(0)
    server.latest().respond()
    await pass(5_000)
    expect(result()).toMatchObject({ reason: 'failed', error: { type: 'timeout' } })
    await pass(HOUR)
    expect(server.requests).toHaveLength(1)
  })

  it.each(['while it waits', 'while it streams', 'after its end'])(
    'is not sent again when the tab or the network changes %s',
    async (when) => {
      const { server, result } = setup()
      await pass(0)
      if (when !== 'while it waits') server.latest().respond()
      await pass(0)
      if (when === 'after its end') server.latest().end()
      await pass(0)
      const { status } = result()
      wakeAll()
      await pass(30_000)
      expect(result().status).toBe(status)
      expect(server.requests).toHaveLength(1)
    },
  )

  it('is sent again by reconnect(), and its answer replaces the former one', async () => {
    const { server, result } = setup()
    await pass(0)
    server.latest().respond()
    server.latest().write('data: one\n\n')
    server.latest().end()
    await pass(0)
    act(() => result().reconnect())
    await pass(0)
    expect(server.requests).toHaveLength(2)
    expect(result().data).toEqual({ message: 'one' })
    server.latest().respond()
    server.latest().write('data: two\n\n')
    server.latest().end()
    await pass(HOUR)
    expect(result()).toMatchObject({ reason: 'done', data: { message: 'two' } })
    expect(server.requests).toHaveLength(2)
  })

  it.each(['an error', 'an end'])(
    'is sent again after %s if the retry option is given',
    async (name) => {
      const { server, result } = setup({ retry: { jitter: false } })
      await pass(0)
      server.latest().respond()
      await pass(0)
      if (name === 'an error') server.latest().error()
      else server.latest().end()
      await pass(0)
      expect(result()).toMatchObject({ status: 'reconnecting', attempt: 1 })
      await pass(1_000)
      expect(server.requests).toHaveLength(2)
      expect(server.latest()).toMatchObject({
        method: 'POST',
        init: { body: '{"prompt":"hello"}' },
      })
    },
  )

  it('is aborted by close()', async () => {
    const { server, result } = setup()
    await pass(0)
    server.latest().respond()
    server.latest().write('data: one\n\n')
    await pass(0)
    act(() => result().close())
    expect(server.latest().phase).toBe('aborted')
    await pass(HOUR)
    wakeAll()
    await pass(HOUR)
    expect(result()).toMatchObject({ status: 'closed', reason: 'stopped', error: null })
    expect(result().data.message).toBe('one')
    expect(server.requests).toHaveLength(1)
  })

  it('is aborted once linger has passed after its component unmounted', async () => {
    const { server, unmount } = setup()
    await pass(0)
    server.latest().respond()
    await pass(0)
    unmount()
    await pass(999)
    expect(server.latest().phase).toBe('streaming')
    await pass(1)
    expect(server.latest().phase).toBe('aborted')
  })

  it('is sent again with another body, as another stream', async () => {
    const fetchOptions: FetchTransportOptions = { body: 'first' }
    const { server, rerender } = setup({ linger: 0 }, fetchOptions)
    await pass(0)
    fetchOptions.body = 'second'
    rerender(1)
    await pass(0)
    expect(server.requests.map(({ init, phase }) => [init.body, phase])).toEqual([
      ['first', 'aborted'],
      ['second', 'pending'],
    ])
  })
})

describe('a POST with until', () => {
  const until: EventSourceOptions['until'] = ({ data }) => data === '[DONE]'

  it('is done when until returns true, and its request is over', async () => {
    const { server, result } = setup({ until })
    await pass(0)
    server.latest().respond()
    server.latest().write('data: one\n\ndata: [DONE]\n\n')
    await pass(0)
    expect(result()).toMatchObject({ reason: 'done', data: { message: 'one' } })
    expect(server.live()).toEqual([])
    await pass(HOUR)
    expect(server.requests).toHaveLength(1)
  })

  it('fails if the response ends before that, and is not sent again', async () => {
    const { server, result } = setup({ until })
    await pass(0)
    server.latest().respond()
    server.latest().write('data: one\n\n')
    server.latest().end()
    await pass(0)
    expect(result()).toMatchObject({
      reason: 'failed',
      error: { type: 'network', message: 'The stream has ended' },
      data: { message: 'one' },
    })
    await pass(HOUR)
    wakeAll()
    await pass(HOUR)
    expect(server.requests).toHaveLength(1)
  })
})

describe('a GET, for comparison', () => {
  it('is sent again after an end, and when the page returns from the back-forward cache', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const { server } = setup({}, { method: 'GET', body: null })
    await pass(0)
    server.latest().respond()
    await pass(0)
    server.latest().end()
    await pass(500)
    expect(server.requests).toHaveLength(2)
    server.latest().respond()
    await pass(0)
    wakeAll()
    await pass(500)
    expect(server.requests.length).toBeGreaterThan(2)
  })
})

async function pass(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms))
}

/** Fires everything that makes a stream reconnect early: visibility, page cache and network. */
function wakeAll(): void {
  const online = vi.spyOn(navigator, 'onLine', 'get')
  const hidden = vi.spyOn(document, 'hidden', 'get')
  act(() => {
    hidden.mockReturnValue(true)
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    hidden.mockReturnValue(false)
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    online.mockReturnValue(false)
    window.dispatchEvent(new Event('offline'))
    online.mockReturnValue(true)
    window.dispatchEvent(new Event('online'))
  })
}
