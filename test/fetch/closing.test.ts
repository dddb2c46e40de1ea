// @vitest-environment node
import { fetchTransport, type RequestHeaders } from 'use-event-source/fetch'
import { createConnection } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createClock } from '../support/clock.ts'
import { createScriptedFetch } from './support/createScriptedFetch.ts'
import { openStream, STREAM_URL } from './support/openStream.ts'
import { settle } from './support/settle.ts'

const HTML = { 'Content-Type': 'text/html' }
const PLAIN = { 'Content-Type': 'text/plain' }
const STOPPED = { status: 'closed', reason: 'stopped', error: null }

afterEach(() => {
  vi.useRealTimers()
})

describe('a connection closed before its request', () => {
  it('sends nothing and calls no function if closed in the task that opened it', async () => {
    const server = createScriptedFetch()
    const headers = vi.fn(() => ({}))
    const body = vi.fn(() => null)
    const transport = fetchTransport({ fetch: server.fetch, headers, body })
    const connection = createConnection(STREAM_URL, { transport, linger: 0 }, createClock())
    const unsubscribe = connection.subscribe(() => {})
    unsubscribe()
    await settle()
    connection.subscribe(() => {})
    connection.close()
    await settle()
    expect(server.requests).toEqual([])
    expect(headers).not.toHaveBeenCalled()
    expect(body).not.toHaveBeenCalled()
  })

  it('sends one request if it is opened again in the same task', async () => {
    const server = createScriptedFetch()
    const transport = fetchTransport({ fetch: server.fetch })
    const connection = createConnection(STREAM_URL, { transport, linger: 0 }, createClock())
    for (const _ of [1, 2, 3]) connection.subscribe(() => {})()
    connection.subscribe(() => {})
    connection.reconnect()
    connection.close()
    connection.reconnect()
    await settle()
    expect(server.requests).toHaveLength(1)
    expect(server.live()).toHaveLength(1)
  })

  it.each(['headers', 'body'] as const)('sends nothing once its %s resolves', async (name) => {
    let give = (): void => {}
    const late = new Promise<void>((resolve) => {
      give = resolve
    })
    const stream = await openStream({ [name]: () => late.then(() => undefined) })
    stream.connection.close()
    give()
    await settle()
    expect(stream.server.requests).toEqual([])
    expectQuiet(stream)
  })

  it('reports no error when its headers reject later', async () => {
    let fail = (): void => {}
    const headers = (): Promise<RequestHeaders> =>
      new Promise((_, reject) => {
        fail = () => reject(new Error('no session'))
      })
    const stream = await openStream({ headers })
    stream.connection.close()
    fail()
    await settle()
    expectQuiet(stream)
  })
})

describe('a connection closed while it waits for the response', () => {
  it('aborts the request', async () => {
    const stream = await openStream()
    stream.connection.close()
    expect(stream.server.latest().phase).toBe('aborted')
    await settle()
    expectQuiet(stream)
  })

  it('aborts the request when the last subscriber leaves, and on reconnect()', async () => {
    const { connection, server, unsubscribe } = await openStream()
    connection.reconnect()
    await settle()
    unsubscribe()
    expect(server.requests.map(({ phase }) => phase)).toEqual(['aborted', 'aborted'])
    await settle()
    expect(server.requests).toHaveLength(2)
  })

  it('does not refresh its headers if closed while it reads the refusal', async () => {
    const headers = vi.fn(() => ({}))
    const stream = await openStream({ headers })
    stream.server.latest().respond(401, PLAIN)
    stream.server.latest().write('no')
    await settle()
    stream.connection.close()
    await settle()
    expect(stream.server.latest().phase).toBe('aborted')
    expect(headers).toHaveBeenCalledTimes(1)
    expectQuiet(stream)
  })
})

describe('a connection closed while it streams', () => {
  it('aborts the request and cancels the body', async () => {
    const stream = await openStream()
    stream.server.latest().respond()
    stream.server.latest().write('data: 1\n\ndata: 2')
    await settle()
    stream.connection.close()
    expect(stream.server.live()).toEqual([])
    expect(stream.server.latest().init.signal?.aborted).toBe(true)
    await settle()
    expect(stream.events.map(({ data }) => data)).toEqual(['1'])
    expectQuiet(stream)
  })

  it.each(['close', 'reconnect', 'unsubscribe'] as const)(
    'delivers no later event of the chunk in which %s() is called',
    async (name) => {
      const end = (): void =>
        name === 'unsubscribe' ? stream.unsubscribe() : stream.connection[name]()
      const stream = await openStream(
        {},
        {},
        {
          onEvent({ data }) {
            if (data === '2') end()
          },
        },
      )
      stream.server.latest().respond()
      stream.server.latest().write('id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n')
      stream.server.latest().write('id: 4\ndata: 4\n\nretry: 1\n\n')
      await settle()
      expect(stream.events.map(({ data }) => data)).toEqual(['1', '2'])
      expect(stream.server.requests[0]?.phase).toBe('aborted')
      expect(stream.errors).toEqual([])
      if (name === 'close') stream.connection.reconnect()
      await settle()
      // The later events have not changed the id either.
      const later = stream.server.requests[1]?.headers.get('Last-Event-ID')
      expect(later).toBe(name === 'unsubscribe' ? undefined : '2')
    },
  )

  it('delivers no event from the one on for which until returns true', async () => {
    const stream = await openStream({}, { until: ({ data }) => data === '[DONE]' })
    stream.server.latest().respond()
    stream.server.latest().write('data: 1\n\ndata: [DONE]\n\ndata: 2\n\n')
    await settle()
    expect(stream.events.map(({ data }) => data)).toEqual(['1'])
    expect(stream.server.latest().phase).toBe('aborted')
    expect(stream.connection.getSnapshot()).toMatchObject({ status: 'closed', reason: 'done' })
  })

  it('can be closed twice', async () => {
    const stream = await openStream()
    stream.server.latest().respond()
    await settle()
    stream.connection.close()
    stream.connection.close()
    stream.unsubscribe()
    await settle()
    expect(stream.server.live()).toEqual([])
    expect(stream.errors).toEqual([])
  })
})

describe('a fetch that ignores its signal', () => {
  it('has its body cancelled when the connection is closed while it streams', async () => {
    const stream = await openStream({}, {}, { ignoresSignal: true })
    stream.server.latest().respond()
    stream.server.latest().write('data: 1\n\n')
    await settle()
    stream.connection.close()
    expect(stream.server.latest().phase).toBe('cancelled')
    await settle()
    expectQuiet(stream)
  })

  it('has its body cancelled when the connection is closed in an event handler', async () => {
    const stream = await openStream({}, {}, { ignoresSignal: true, onEvent: () => close() })
    const { close } = stream.connection
    stream.server.latest().respond()
    stream.server.latest().write('data: 1\n\ndata: 2\n\n', 'data: 3\n\n')
    await settle()
    expect(stream.server.latest().phase).toBe('cancelled')
    expect(stream.events).toHaveLength(1)
    expectQuiet(stream)
  })

  it.each([
    ['a stream', 200, undefined],
    ['a page', 200, HTML],
  ])('has its body cancelled if it answers too late with %s', async (_, status, headers) => {
    const stream = await openStream({}, {}, { ignoresSignal: true })
    stream.connection.close()
    await settle()
    stream.server.latest().respond(status, headers)
    await settle()
    expect(stream.server.latest().phase).toBe('cancelled')
    expectQuiet(stream)
  })

  it('has an endless refusal cancelled after a second, and is not called again', async () => {
    vi.useFakeTimers()
    const headers = vi.fn(() => ({}))
    const stream = await openStream({ headers }, {}, { ignoresSignal: true })
    stream.connection.close()
    await settle()
    stream.server.latest().respond(401, PLAIN)
    await vi.advanceTimersByTimeAsync(1_000)
    await settle()
    expect(stream.server.live()).toEqual([])
    expect(stream.server.requests).toHaveLength(1)
    expect(headers).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
    expectQuiet(stream)
  })

  it('causes no error when it rejects too late', async () => {
    const stream = await openStream({}, {}, { ignoresSignal: true })
    stream.connection.close()
    stream.server.latest().reject(new TypeError('Failed to fetch'))
    await settle()
    expectQuiet(stream)
  })

  it.each([
    ['another content type', 200, HTML],
    ['a long refusal', 404, PLAIN],
    ['an overflow', 200, undefined],
  ])('has its body cancelled after %s', async (_, status, headers) => {
    const stream = await openStream({ maxBufferSize: 100 }, {}, { ignoresSignal: true })
    stream.server.latest().respond(status, headers)
    stream.server.latest().write(`data: ${'x'.repeat(2_000)}`)
    await settle()
    expect(stream.server.latest().phase).toBe('cancelled')
  })
})

describe('an attempt that times out', () => {
  it('is aborted if no response arrives, and is followed by another', async () => {
    const { server, pass, connection } = await openStream(
      {},
      { connectTimeout: 60_000, retry: { jitter: false } },
    )
    await pass(59_999)
    expect(server.latest().phase).toBe('pending')
    await pass(1)
    expect(server.latest().phase).toBe('aborted')
    expect(connection.getSnapshot()).toMatchObject({ error: { type: 'timeout' } })
    await pass(1_000)
    expect(server.requests).toHaveLength(2)
  })

  it('is aborted if the stream falls silent, but not while comments arrive', async () => {
    const { server, pass, connection } = await openStream({}, { heartbeat: 15_000 })
    server.latest().respond()
    await settle()
    for (let minute = 0; minute < 30; minute++) {
      await pass(10_000)
      server.latest().write(':\n')
      await settle()
    }
    expect(connection.getSnapshot().status).toBe('open')
    await pass(15_000)
    expect(server.latest().phase).toBe('aborted')
    expect(connection.getSnapshot()).toMatchObject({
      status: 'reconnecting',
      error: { type: 'timeout' },
    })
  })

  it('is not aborted while single bytes of a character arrive', async () => {
    const { server, pass, connection } = await openStream({}, { heartbeat: 15_000 })
    server.latest().respond()
    await settle()
    for (const byte of [0xf0, 0x9f, 0x98, 0x80]) {
      await pass(14_000)
      server.latest().write(Uint8Array.of(byte))
      await settle()
    }
    expect(connection.getSnapshot().status).toBe('open')
  })
})

/** Expects a connection that was closed by `close()`, without errors and timers. */
function expectQuiet({ connection, errors, clock }: Awaited<ReturnType<typeof openStream>>): void {
  expect(connection.getSnapshot()).toMatchObject(STOPPED)
  expect(errors).toEqual([])
  expect(clock.pending()).toBe(0)
}
