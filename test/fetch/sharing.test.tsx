import { act, cleanup, render } from '@testing-library/react'
import { json, SSEProvider, useEventSource, useSSE } from 'use-event-source'
import { endLinger } from 'use-event-source/core'
import { fetchTransport, type RequestContext, type RequestHeaders } from 'use-event-source/fetch'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createScriptedFetch, type ScriptedFetch } from './support/createScriptedFetch.ts'

const TEN = Array.from({ length: 10 }, (_, index) => index)

let server: ScriptedFetch
let contexts: RequestContext[]

beforeEach(() => {
  vi.useFakeTimers()
  server = createScriptedFetch()
  contexts = []
})
afterEach(() => {
  cleanup()
  endLinger()
  expect(vi.getTimerCount()).toBe(0)
  expect(server.live()).toEqual([])
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Returns another token for each call. */
function headers(context: RequestContext): RequestHeaders {
  contexts.push(context)
  return { Authorization: `token ${contexts.length}` }
}

function Tick() {
  const { data, status, error } = useEventSource(
    'https://example.com/ticks',
    { tick: json<number>() },
    {
      transport: fetchTransport({ fetch: server.fetch, headers: (context) => headers(context) }),
      flush: 'sync',
    },
  )
  return <li>{`${status} ${data.tick ?? '-'} ${error?.status ?? ''}`}</li>
}

const ticks = TEN.map((index) => <Tick key={index} />)

it('refreshes once for ten subscribers after a 401, and sends one more request', async () => {
  const { container } = render(<ul>{ticks}</ul>)
  await pass(0)
  expect(server.requests).toHaveLength(1)
  expect(contexts).toHaveLength(1)
  await refuse()
  expect(contexts).toHaveLength(2)
  expect(server.requests.map((request) => request.headers.get('Authorization'))).toEqual([
    'token 1',
    'token 2',
  ])
  server.latest().respond()
  server.latest().write('event: tick\ndata: 7\n\n')
  await pass(0)
  expect(textOf(container)).toEqual(TEN.map(() => 'open 7 '))
  await pass(60_000)
  expect(server.requests).toHaveLength(2)
})

it('closes the stream of all ten after a second 401, without a third request', async () => {
  const { container } = render(<ul>{ticks}</ul>)
  await pass(0)
  await refuse()
  await refuse()
  expect(textOf(container)).toEqual(TEN.map(() => 'closed - 401'))
  await pass(3_600_000)
  expect(server.requests).toHaveLength(2)
  expect(contexts).toHaveLength(2)
})

it('shares a stream between equal inline headers, and not between different ones', async () => {
  function Inline({ token }: { token: string }) {
    const transport = fetchTransport({ fetch: server.fetch, headers: { Authorization: token } })
    useEventSource('https://example.com/ticks', [], { transport })
    return null
  }
  render(
    <>
      <Inline token="a" />
      <Inline token="a" />
      <Inline token="b" />
    </>,
  )
  await pass(0)
  expect(server.requests.map((request) => request.headers.get('Authorization'))).toEqual(['a', 'b'])
})

it('shares a stream between all components below a provider', async () => {
  function Badge() {
    return <li>{useSSE().status}</li>
  }
  const transport = fetchTransport({ fetch: server.fetch, headers })
  const { container } = render(
    <SSEProvider url="https://example.com/ticks" transport={transport}>
      {TEN.map((index) => (
        <Badge key={index} />
      ))}
    </SSEProvider>,
  )
  await pass(0)
  server.latest().respond()
  await pass(0)
  expect(server.requests).toHaveLength(1)
  expect(textOf(container)).toEqual(TEN.map(() => 'open'))
})

it('calls the functions of the latest render for the next attempt', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  function Rotating({ token }: { token: string }) {
    const transport = fetchTransport({
      fetch: server.fetch,
      headers: () => ({ Authorization: token }),
    })
    useEventSource('https://example.com/ticks', [], { transport })
    return null
  }
  const { rerender } = render(<Rotating token="old" />)
  await pass(0)
  server.latest().respond()
  await pass(0)
  rerender(<Rotating token="new" />)
  await pass(0)
  expect(server.requests).toHaveLength(1)
  server.latest().error()
  await pass(500)
  expect(server.requests.map((request) => request.headers.get('Authorization'))).toEqual([
    'old',
    'new',
  ])
})

async function refuse(): Promise<void> {
  server.latest().respond(401, {})
  server.latest().end()
  await pass(0)
}

async function pass(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms))
}

function textOf(container: HTMLElement): (string | null)[] {
  return [...container.querySelectorAll('li')].map((item) => item.textContent)
}
