// @vitest-environment node
import { EventSourceError, type TransportRequest } from 'use-event-source/core'
import { type Fetch, fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { describe, expect, it, vi } from 'vitest'
import { openAttempt } from './support/openAttempt.ts'
import { openStream } from './support/openStream.ts'
import { openWithPlatformFetch } from './support/openWithPlatformFetch.ts'
import { settle } from './support/settle.ts'
import { streamOf } from './support/streamOf.ts'

const METHOD_OR_URL = /^fetch refuses this (\w+) request: change its method, its body or its url$/
const HEADERS = 'headers has an invalid name, or a value that is not one line of Latin-1'
const ID = 'lastEventId has a line break: no header can carry it'
const USED_STREAM = 'A stream can be read only once: give a function as body'

describe('a request that can never succeed', () => {
  it.each<[string, FetchTransportOptions, Partial<TransportRequest>, string | RegExp]>([
    ['a line feed in the id', {}, { lastEventId: '1\n2' }, ID],
    ['a carriage return in the id', {}, { lastEventId: '1\r2' }, ID],
    ['a NUL in the id', {}, { lastEventId: '1\x002' }, ID],
    ['a header with a bad name', { headers: { 'not a name': '1' } }, {}, HEADERS],
    ['a header with a line break', { headers: () => ({ 'X-A': '1\n2' }) }, {}, HEADERS],
    ['a header beyond Latin-1', { headers: async () => ({ 'X-A': '名前' }) }, {}, HEADERS],
    ['the method CONNECT', { method: 'CONNECT' }, {}, METHOD_OR_URL],
    ['the method trace', { method: 'trace' }, {}, METHOD_OR_URL],
    ['a method that is no token', { method: 'GE T' }, {}, /^fetch refuses this GE T request: /],
    ['a GET with a body', { method: 'GET', body: 'a' }, {}, METHOD_OR_URL],
    ['a GET with an empty body', { method: 'GET', body: '' }, {}, METHOD_OR_URL],
    ['a HEAD with a body function', { method: 'HEAD', body: () => 'a' }, {}, METHOD_OR_URL],
  ])('is final: %s', async (_, options, request, message) => {
    for (const open of [openAttempt, openWithPlatformFetch]) {
      const { log, server } = await open(options, request)
      expect(log.calls).toEqual([['fail', expect.any(EventSourceError), true]])
      expect(log.calls[0]?.[1]).toMatchObject({
        type: 'unsupported',
        message: typeof message === 'string' ? message : expect.stringMatching(message),
        cause: undefined,
      })
      expect(server.requests).toEqual([])
    }
  })

  it.each([
    'ftp://example.com/stream',
    'FTP://example.com/stream',
    'mailto:me@example.com',
    'javascript:alert(1)',
    'ws://example.com/stream',
    'localhost:3000/stream',
    'about:blank',
    'httpx://example.com',
    'http://[',
    '/relative',
    '',
  ])('is final with the platform’s fetch: a request of %j', async (url) => {
    const { log, server } = await openWithPlatformFetch({}, { url })
    expect(log.calls).toEqual([['fail', expect.any(EventSourceError), true]])
    expect(log.calls[0]?.[1]).toMatchObject({
      type: 'unsupported',
      message: expect.stringMatching(METHOD_OR_URL),
    })
    expect(server.requests).toEqual([])
  })

  it('closes the connection, and no time nor wake opens it again', async () => {
    const stream = await openStream({ method: 'TRACE' }, { retry: {} })
    expect(stream.connection.getSnapshot()).toMatchObject({
      status: 'closed',
      reason: 'failed',
      error: { type: 'unsupported' },
    })
    stream.clock.wake()
    await stream.pass(86_400_000)
    expect(stream.clock.pending()).toBe(0)
    expect(stream.server.requests).toEqual([])
  })

  it('leaves the transport to be made: invalid headers throw nothing while rendering', () => {
    const { key } = fetchTransport({ headers: { 'X-A': '名前' } })
    expect(key).not.toBe(fetchTransport().key)
    expect(key).not.toBe(fetchTransport({ headers: { 'X-A': 'name' } }).key)
  })
})

describe('a request', () => {
  it.each(['http://a.test/', 'HTTPS://a.test/', 'blob:http://a.test/1', 'data:text/plain,1'])(
    'may go to %s',
    async (url) => {
      const { server } = await openWithPlatformFetch({}, { url })
      expect(server.requests).toMatchObject([{ url }])
    },
  )

  it('may have the scheme of the page, such as that of a web view', async () => {
    vi.stubGlobal('location', { protocol: 'capacitor:' })
    const { server } = await openWithPlatformFetch({}, { url: 'capacitor://localhost/stream' })
    expect(server.requests).toHaveLength(1)
  })

  it.each(['/relative', 'ipc://stream'])('may go to %s with a custom fetch', async (url) => {
    const { server } = await openAttempt({}, { url })
    expect(server.requests).toMatchObject([{ url }])
  })

  it('is not checked where the platform has no Request', async () => {
    vi.stubGlobal('Request', undefined)
    const { server } = await openAttempt()
    vi.unstubAllGlobals()
    expect(server.requests).toHaveLength(1)
  })

  it('that fetch rejects allows a retry, since the network may be the cause', async () => {
    const fetch: Fetch = () => Promise.reject(new TypeError('Failed to fetch'))
    const { log } = await openAttempt({ fetch })
    expect(log.calls).toMatchObject([['fail', { type: 'network' }, false]])
  })
})

describe('a body that is a stream', () => {
  it('is sent in one piece, since browsers send no stream over HTTP/1.1', async () => {
    const { server } = await openAttempt({ body: streamOf('hel', 'lo') })
    const { init } = server.latest()
    expect(init).toMatchObject({ method: 'POST', body: expect.any(ArrayBuffer) })
    expect(await new Response(init.body).text()).toBe('hello')
  })

  it('comes from a function at each attempt', async () => {
    const body = vi.fn(() => streamOf('hello'))
    const { server, pass } = await openStream({ body }, { retry: { jitter: false } })
    server.latest().reject(new TypeError('Failed to fetch'))
    await settle()
    await pass(1_000)
    expect(server.requests).toHaveLength(2)
    expect(await new Response(server.latest().init.body).text()).toBe('hello')
  })

  it('is refused for good when it has been read', async () => {
    const { server, connection, pass } = await openStream(
      { body: streamOf('hello') },
      { retry: { jitter: false } },
    )
    server.latest().reject(new TypeError('Failed to fetch'))
    await settle()
    await pass(1_000)
    expect(connection.getSnapshot()).toMatchObject({
      reason: 'failed',
      error: { type: 'unsupported', message: USED_STREAM },
    })
    expect(server.requests).toHaveLength(1)
  })

  it('that breaks off fails the attempt like a function that throws', async () => {
    const body = (): ReadableStream =>
      new ReadableStream({ start: (controller) => controller.error(new Error('no file')) })
    const { log } = await openAttempt({ body })
    const message = 'The request failed: Error: no file'
    expect(log.calls).toMatchObject([['fail', { type: 'network', message }, false]])
  })
})

describe('an id that is refused', () => {
  it.each([400, 414, 431])('with a %i is dropped, and the stream comes back', async (status) => {
    const onOpen = vi.fn()
    const stream = await openStream({}, { onOpen, lastEventId: '7', retry: { jitter: false } })
    expect(stream.server.latest().headers.get('Last-Event-ID')).toBe('7')
    stream.server.latest().respond(status, {})
    await settle()
    expect(stream.connection.getSnapshot()).toMatchObject({
      status: 'reconnecting',
      error: { type: 'http', status },
    })
    await stream.pass(1_000)
    expect(stream.server.latest().headers.has('Last-Event-ID')).toBe(false)
    stream.server.latest().respond()
    await settle()
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ lastEventId: '' }))
  })

  it('is not the cause if the next answer is the same: that one is final', async () => {
    const stream = await openStream({}, { lastEventId: '7', retry: { jitter: false } })
    for (const count of [1, 2]) {
      expect(stream.server.requests).toHaveLength(count)
      stream.server.latest().respond(400, {})
      await settle()
      await stream.pass(1_000)
    }
    expect(stream.connection.getSnapshot()).toMatchObject({
      reason: 'failed',
      error: { status: 400 },
    })
    expect(stream.server.requests).toHaveLength(2)
  })

  it.each([401, 403, 404, 413])('is kept after a %i, which is final', async (status) => {
    const { server, log } = await openAttempt({}, { lastEventId: '7' })
    server.latest().respond(status, {})
    await settle()
    expect(log.calls).toMatchObject([['fail', { status }, true]])
  })

  // Node refuses such a header only when it sends it, and its error says nothing of that.
  it.each(['\x01', 'a\x7F'])('by fetch is dropped if it has a control character', async (id) => {
    const { server, log } = await openAttempt({}, { lastEventId: id })
    server.latest().reject(new TypeError('fetch failed'))
    await settle()
    expect(log.calls).toMatchObject([
      ['id', ''],
      ['fail', { type: 'network' }, false],
    ])
  })

  it.each(['7', 'a\tb', '\u0080', '名前'])('is kept after a network fault: %j', async (id) => {
    const { server, log } = await openAttempt({}, { lastEventId: id })
    server.latest().reject(new TypeError('fetch failed'))
    await settle()
    expect(log.calls).toMatchObject([['fail', { type: 'network' }, false]])
  })
})
