// @vitest-environment node
import { EventSourceError } from 'use-event-source/core'
import { type Fetch, fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ask } from './support/ask.ts'
import { settle } from './support/settle.ts'

const STREAM = { 'Content-Type': 'text/event-stream' }

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the key', () => {
  it.each<[string, FetchTransportOptions, FetchTransportOptions]>([
    ['nothing is given', {}, {}],
    ['headers are equal', { headers: { 'X-A': '1' } }, { headers: { 'X-A': '1' } }],
    [
      'the order and case of their names differ',
      { headers: { 'x-a': '1', 'X-B': '2' } },
      { headers: new Headers({ 'X-b': '2', 'X-A': '1' }) },
    ],
    ['header functions differ', { headers: () => ({ a: '1' }) }, { headers: () => ({ b: '2' }) }],
    ['body functions differ', { body: () => 'a' }, { body: () => 'b' }],
    ['bodies of another kind differ', { body: new Blob(['a']) }, { body: new FormData() }],
    [
      'a string is the same as URLSearchParams',
      { body: 'a=1' },
      { body: new URLSearchParams({ a: '1' }) },
    ],
    ['fetch differs', { fetch: async () => Response.error() }, {}],
    ['methods are the default', { method: 'GET' }, {}],
    ['the method is the default of a body', { body: 'a', method: 'POST' }, { body: 'a' }],
  ])('is the same where %s', (_, one, other) => {
    expect(fetchTransport(one).key).toBe(fetchTransport(other).key)
  })

  it.each<[string, FetchTransportOptions, FetchTransportOptions]>([
    ['a header', { headers: { 'X-A': '1' } }, { headers: { 'X-A': '2' } }],
    ['the name of a header', { headers: { 'X-A': '1' } }, { headers: { 'X-B': '1' } }],
    ['one more header', { headers: { 'X-A': '1' } }, {}],
    ['the method', { method: 'POST' }, { method: 'PUT' }],
    ['credentials', { credentials: 'include' }, { credentials: 'omit' }],
    ['credentials, given or not', { credentials: 'same-origin' }, {}],
    ['the body', { body: 'a' }, { body: 'b' }],
    ['parameters', { body: new URLSearchParams('a=1') }, { body: new URLSearchParams('a=2') }],
    ['what is a header or a body', { headers: { 'X-A': '1' }, method: 'POST' }, { body: 'x-a,1' }],
  ])('differs by %s', (_, one, other) => {
    expect(fetchTransport(one).key).not.toBe(fetchTransport(other).key)
  })
})

describe('being made once', () => {
  it.each<[boolean, FetchTransportOptions]>([
    [false, {}],
    [false, { method: 'GET' }],
    [false, { method: 'get' }],
    [true, { method: 'POST' }],
    [true, { method: 'post' }],
    [true, { method: 'PUT' }],
    [true, { method: 'QUERY' }],
    [true, { body: 'a' }],
    [true, { body: () => null }],
  ])('is %s for %j', (once, options) => {
    expect(fetchTransport(options).once).toBe(once)
  })
})

describe('the request', () => {
  it('is a GET that no cache answers, for an event stream', async () => {
    const { server } = await ask()
    expect(server.requests).toHaveLength(1)
    const { url, init } = server.latest()
    expect(url).toBe('https://example.com/stream')
    expect(init).toMatchObject({
      method: 'GET',
      body: null,
      credentials: 'same-origin',
      cache: 'no-store',
    })
    expect(init.signal).toBeInstanceOf(AbortSignal)
    expect([...server.latest().headers]).toEqual([['accept', 'text/event-stream']])
  })

  it('is a POST where there is a body, unless another method is given', async () => {
    const body = new Blob(['a'])
    expect((await ask({ body })).server.latest().init).toMatchObject({ method: 'POST', body })
    const put = await ask({ body: 'b', method: 'PUT' })
    expect(put.server.latest().init).toMatchObject({ method: 'PUT', body: 'b' })
  })

  it('carries the cookies that are asked for', async () => {
    const credentialsOf = async (options: FetchTransportOptions, withCredentials: boolean) =>
      (await ask(options, { withCredentials })).server.latest().init.credentials
    expect(await credentialsOf({}, false)).toBe('same-origin')
    expect(await credentialsOf({}, true)).toBe('include')
    expect(await credentialsOf({ credentials: 'omit' }, true)).toBe('omit')
    expect(await credentialsOf({ credentials: 'include' }, false)).toBe('include')
  })

  it('has the headers that are given, and the id to resume after as UTF-8', async () => {
    const { server } = await ask(
      { headers: { Authorization: 'Bearer 1', Accept: '*/*' } },
      { lastEventId: '名前' },
    )
    expect([...server.latest().headers]).toEqual([
      ['accept', '*/*'],
      ['authorization', 'Bearer 1'],
      ['last-event-id', Buffer.from('名前').toString('latin1')],
    ])
  })

  it('has the headers and the body that functions make of the attempt', async () => {
    const error = new EventSourceError('network', 'lost')
    const headers = vi.fn(async () => ({ Authorization: 'Bearer 2' }))
    const body = vi.fn(() => 'made')
    const { server } = await ask({ headers, body }, { attempt: 3, error, lastEventId: '7' })
    const context = { attempt: 3, error, lastEventId: '7' }
    expect(headers).toHaveBeenCalledExactlyOnceWith(context)
    expect(body).toHaveBeenCalledExactlyOnceWith(context)
    expect(server.latest().headers.get('Authorization')).toBe('Bearer 2')
    expect(server.latest().init.body).toBe('made')
  })

  it('starts after the task that opens it', async () => {
    const fetch = vi.fn<Fetch>(() => new Promise(() => {}))
    const headers = vi.fn(() => ({}))
    const asked = ask({ fetch, headers })
    expect(headers).not.toHaveBeenCalled()
    expect(fetch).not.toHaveBeenCalled()
    await asked
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('is made by the global fetch of that moment', async () => {
    const first = vi.fn<Fetch>(() => new Promise(() => {}))
    vi.stubGlobal('fetch', first)
    const transport = fetchTransport()
    const second = vi.fn<Fetch>(() => new Promise(() => {}))
    vi.stubGlobal('fetch', second)
    const request = { withCredentials: false, lastEventId: '', mayRetry: true }
    const sink = (await ask()).log.sink
    transport.open({ url: 'https://x.test', attempt: 0, error: null, ...request }, sink)
    await settle()
    expect(first).not.toHaveBeenCalled()
    expect(second).toHaveBeenCalledTimes(1)
    expect(second.mock.lastCall?.[0]).toBe('https://x.test')
  })

  it('is none where there is no fetch: that is unsupported', async () => {
    vi.stubGlobal('fetch', undefined)
    await expect(ask({ fetch: undefined })).rejects.toMatchObject({
      name: 'EventSourceError',
      type: 'unsupported',
      message: 'There is no fetch here: give one',
    })
  })

  it('listens to every name, without being told', async () => {
    const { attempt, log, server } = await ask()
    attempt.listen('tick')
    server.latest().respond()
    server.latest().write('event: tick\ndata\n\nevent: other\ndata\n\n')
    await settle()
    expect(log.told()).toMatchObject([
      ['open'],
      ['event', { type: 'tick' }],
      ['event', { type: 'other' }],
    ])
  })
})

describe('the answer', () => {
  it('opens the stream, before a byte has come', async () => {
    const { server, log } = await ask()
    expect(log.calls).toEqual([])
    server.latest().respond()
    await settle()
    expect(log.calls).toEqual([['open']])
  })

  it('is of the final url: its origin is that of the events', async () => {
    const { server, log } = await ask()
    server.latest().respond(200, STREAM, 'https://other.test:8443/path?query#hash')
    server.latest().write('data\n\n')
    await settle()
    expect(log.told().at(-1)).toMatchObject(['event', { origin: 'https://other.test:8443' }])
  })

  it('is of the url that was asked for where it has none', async () => {
    const { server, log } = await ask({}, { url: 'http://localhost:3000' })
    server.latest().respond(200, STREAM, '')
    server.latest().write('data\n\n')
    await settle()
    expect(log.told().at(-1)).toMatchObject(['event', { origin: 'http://localhost:3000' }])
  })

  it('may be a Response of the platform', async () => {
    const fetch: Fetch = async () => new Response('data: 1\n\n', { headers: STREAM })
    const { log } = await ask({ fetch })
    expect(log.told()).toMatchObject([
      ['open'],
      ['event', { data: '1', origin: 'https://example.com' }],
      ['done', { type: 'network' }],
    ])
    const refused = await ask({ fetch: async () => Response.json({ no: 1 }, { status: 404 }) })
    expect(refused.log.calls).toMatchObject([['fail', { status: 404, body: '{"no":1}' }, true]])
    const done = await ask({ fetch: async () => new Response(null, { status: 204 }) })
    expect(done.log.calls).toEqual([['done']])
  })

  it('goes on from the last event id that was asked for', async () => {
    const { server, log } = await ask({}, { lastEventId: '7' })
    server.latest().respond()
    server.latest().write('data\n\n')
    await settle()
    expect(log.told().at(-1)).toMatchObject(['event', { lastEventId: '7' }])
  })

  it('ends in what may come again where the body ends or breaks off', async () => {
    const ended = await ask()
    ended.server.latest().respond()
    ended.server.latest().end()
    const broken = await ask()
    broken.server.latest().respond()
    broken.server.latest().error()
    await settle()
    expect(ended.log.calls).toMatchObject([['open'], ['done', { type: 'network' }]])
    expect(broken.log.calls).toMatchObject([['open'], ['fail', { type: 'network' }]])
    expect(broken.log.calls.at(-1)).toHaveLength(2)
  })

  it('is done with a 204', async () => {
    const { server, log } = await ask()
    server.latest().respond(204, {})
    await settle()
    expect(log.calls).toEqual([['done']])
  })

  it.each([
    [408, false],
    [425, false],
    [429, false],
    [500, false],
    [503, false],
    [400, true],
    [401, true],
    [403, true],
    [404, true],
    [410, true],
    [304, true],
  ])('is refused with a %i; final: %j', async (status, final) => {
    const { server, log } = await ask()
    server.latest().respond(status, {})
    server.latest().end()
    await settle()
    expect(log.calls).toMatchObject([['fail', { type: 'http', status }, final]])
    expect(server.requests).toHaveLength(1)
  })

  it('is refused for good with another content type', async () => {
    const { server, log } = await ask()
    server.latest().respond(200, { 'Content-Type': 'text/html' })
    await settle()
    expect(log.calls).toMatchObject([['fail', { type: 'content-type', status: 200 }, true]])
    expect(server.live()).toEqual([])
  })

  it.each([null, undefined])('is unsupported where its body is %j', async (body) => {
    const fetch: Fetch = async () => ({
      status: 200,
      url: '',
      headers: new Headers(STREAM),
      ...(body === null && { body }),
    })
    const { log } = await ask({ fetch })
    expect(log.calls).toMatchObject([['fail', { type: 'unsupported' }, true]])
    expect(log.calls[0]?.[1]).toMatchObject({ message: expect.stringContaining('streams') })
  })
})

describe('what is thrown', () => {
  it.each<[string, FetchTransportOptions]>([
    ['by a fetch that rejects', { fetch: () => Promise.reject(new TypeError('Failed to fetch')) }],
    [
      'by a fetch that throws',
      {
        fetch: () => {
          throw new TypeError('Failed to fetch')
        },
      },
    ],
    ['by the header function', { headers: () => Promise.reject(new TypeError('Failed to fetch')) }],
    [
      'by the body function',
      {
        body: () => {
          throw new TypeError('Failed to fetch')
        },
      },
    ],
  ])('%s is of the network, with its cause, and may pass', async (_, options) => {
    const { log, server } = await ask(options)
    expect(log.calls).toEqual([['fail', expect.any(EventSourceError)]])
    expect(log.calls[0]?.[1]).toMatchObject({
      type: 'network',
      message: 'The request failed: TypeError: Failed to fetch',
      cause: new TypeError('Failed to fetch'),
    })
    expect(server.requests).toEqual([])
  })

  it('is kept where it is an error of this library', async () => {
    const own = new EventSourceError('http', 'No session', { status: 440 })
    const { log } = await ask({ headers: () => Promise.reject(own) })
    expect(log.calls).toEqual([['fail', own]])
    expect(log.calls[0]?.[1]).toBe(own)
  })

  it('is told of headers that are no headers', async () => {
    const { log } = await ask({ headers: () => ({ 'not a name': '1' }) })
    expect(log.calls).toMatchObject([['fail', { type: 'network' }]])
  })
})

describe('the largest buffer', () => {
  it.each([0, -1, Number.NaN, 0.5])('is not %d', (maxBufferSize) => {
    expect(() => fetchTransport({ maxBufferSize })).toThrow(
      new RangeError(`maxBufferSize is ${maxBufferSize}: give a number from 1 up`),
    )
  })

  it('is what is given, or 16 Mi characters', async () => {
    const { server, log } = await ask({ maxBufferSize: 10 })
    server.latest().respond()
    server.latest().write('data: 0123456789')
    await settle()
    expect(log.told().at(-1)).toMatchObject(['fail', { type: 'overflow' }])
    const most = await ask()
    most.server.latest().respond()
    most.server.latest().write('data: ', new Uint8Array(2 ** 24 - 6).fill(120))
    await settle()
    expect(most.log.told()).toEqual([['open']])
    most.server.latest().write('x')
    await settle()
    expect(most.log.told().at(-1)).toMatchObject([
      'fail',
      { type: 'overflow', message: expect.stringContaining('16777216') },
    ])
  })
})
