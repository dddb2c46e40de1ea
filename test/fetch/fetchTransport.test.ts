// @vitest-environment node
import { EventSourceError } from 'use-event-source/core'
import { type Fetch, fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openAttempt } from './support/openAttempt.ts'
import { settle } from './support/settle.ts'

const STREAM = { 'Content-Type': 'text/event-stream' }

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the key', () => {
  it.each<[string, FetchTransportOptions, FetchTransportOptions]>([
    ['there are no options', {}, {}],
    ['headers are equal', { headers: { 'X-A': '1' } }, { headers: { 'X-A': '1' } }],
    [
      'header names differ in order and case',
      { headers: { 'x-a': '1', 'X-B': '2' } },
      { headers: new Headers({ 'X-b': '2', 'X-A': '1' }) },
    ],
    ['header functions differ', { headers: () => ({ a: '1' }) }, { headers: () => ({ b: '2' }) }],
    ['body functions differ', { body: () => 'a' }, { body: () => 'b' }],
    ['bodies are of another kind', { body: new Blob(['a']) }, { body: new FormData() }],
    ['a string equals URLSearchParams', { body: 'a=1' }, { body: new URLSearchParams({ a: '1' }) }],
    ['fetch differs', { fetch: async () => Response.error() }, {}],
    ['the method is the default', { method: 'GET' }, {}],
    ['dispatchIncomplete differs', { dispatchIncomplete: true }, {}],
    ['the method is the default with a body', { body: 'a', method: 'POST' }, { body: 'a' }],
  ])('is equal if %s', (_, one, other) => {
    expect(fetchTransport(one).key).toBe(fetchTransport(other).key)
  })

  it.each<[string, FetchTransportOptions, FetchTransportOptions]>([
    ['the value of a header', { headers: { 'X-A': '1' } }, { headers: { 'X-A': '2' } }],
    ['the name of a header', { headers: { 'X-A': '1' } }, { headers: { 'X-B': '1' } }],
    ['a further header', { headers: { 'X-A': '1' } }, {}],
    ['the method', { method: 'POST' }, { method: 'PUT' }],
    ['credentials', { credentials: 'include' }, { credentials: 'omit' }],
    ['credentials, given or left out', { credentials: 'same-origin' }, {}],
    ['the body', { body: 'a' }, { body: 'b' }],
    ['lastEventIdParam', { lastEventIdParam: 'after' }, { lastEventIdParam: 'since' }],
    ['lastEventIdParam, given or left out', { lastEventIdParam: 'after' }, {}],
    ['URLSearchParams', { body: new URLSearchParams('a=1') }, { body: new URLSearchParams('a=2') }],
    [
      'the same text in a header or the body',
      { headers: { 'X-A': '1' }, method: 'POST' },
      { body: 'x-a,1' },
    ],
  ])('depends on %s', (_, one, other) => {
    expect(fetchTransport(one).key).not.toBe(fetchTransport(other).key)
  })
})

describe('once', () => {
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
  it('is a GET for an event stream, without a cache', async () => {
    const { server } = await openAttempt()
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

  it('is a POST if there is a body, unless another method is given', async () => {
    const body = new Blob(['a'])
    expect((await openAttempt({ body })).server.latest().init).toMatchObject({
      method: 'POST',
      body,
    })
    const put = await openAttempt({ body: 'b', method: 'PUT' })
    expect(put.server.latest().init).toMatchObject({ method: 'PUT', body: 'b' })
  })

  it('sends cookies as credentials and withCredentials say', async () => {
    const credentialsOf = async (options: FetchTransportOptions, withCredentials: boolean) =>
      (await openAttempt(options, { withCredentials })).server.latest().init.credentials
    expect(await credentialsOf({}, false)).toBe('same-origin')
    expect(await credentialsOf({}, true)).toBe('include')
    expect(await credentialsOf({ credentials: 'omit' }, true)).toBe('omit')
    expect(await credentialsOf({ credentials: 'include' }, false)).toBe('include')
  })

  it('has the given headers, and the id to resume after in UTF-8', async () => {
    const { server } = await openAttempt(
      { headers: { Authorization: 'Bearer 1', Accept: '*/*' } },
      { lastEventId: '名前' },
    )
    expect([...server.latest().headers]).toEqual([
      ['accept', '*/*'],
      ['authorization', 'Bearer 1'],
      ['last-event-id', Buffer.from('名前').toString('latin1')],
    ])
  })

  it('has the headers and the body that functions return for the attempt', async () => {
    const error = new EventSourceError('network', 'lost')
    const headers = vi.fn(async () => ({ Authorization: 'Bearer 2' }))
    const body = vi.fn(() => 'made')
    const { server } = await openAttempt({ headers, body }, { attempt: 3, error, lastEventId: '7' })
    const context = { attempt: 3, error, lastEventId: '7' }
    expect(headers).toHaveBeenCalledExactlyOnceWith(context)
    expect(body).toHaveBeenCalledExactlyOnceWith(context)
    expect(server.latest().headers.get('Authorization')).toBe('Bearer 2')
    expect(server.latest().init.body).toBe('made')
  })

  it('is not sent in the task that opens the attempt', async () => {
    const fetch = vi.fn<Fetch>(() => new Promise(() => {}))
    const headers = vi.fn(() => ({}))
    const opening = openAttempt({ fetch, headers })
    expect(headers).not.toHaveBeenCalled()
    expect(fetch).not.toHaveBeenCalled()
    await opening
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('uses the global fetch at the time of the attempt', async () => {
    const first = vi.fn<Fetch>(() => new Promise(() => {}))
    vi.stubGlobal('fetch', first)
    const transport = fetchTransport()
    const second = vi.fn<Fetch>(() => new Promise(() => {}))
    vi.stubGlobal('fetch', second)
    const request = { withCredentials: false, lastEventId: '', mayRetry: true }
    const sink = (await openAttempt()).log.sink
    transport.open({ url: 'https://x.test', attempt: 0, error: null, ...request }, sink)
    await settle()
    expect(first).not.toHaveBeenCalled()
    expect(second).toHaveBeenCalledTimes(1)
    expect(second.mock.lastCall?.[0]).toBe('https://x.test')
  })

  it('throws an unsupported error if there is no fetch', async () => {
    vi.stubGlobal('fetch', undefined)
    await expect(openAttempt({ fetch: undefined })).rejects.toMatchObject({
      name: 'EventSourceError',
      type: 'unsupported',
      message: 'There is no fetch here: give one',
    })
  })

  it('delivers events of every name, whether listened to or not', async () => {
    const { attempt, log, server } = await openAttempt()
    attempt.listen('tick')
    server.latest().respond()
    server.latest().write('event: tick\ndata\n\nevent: other\ndata\n\n')
    await settle()
    expect(log.withoutAlive()).toMatchObject([
      ['open'],
      ['event', { type: 'tick' }],
      ['event', { type: 'other' }],
    ])
  })
})

describe('the response', () => {
  it('opens the stream before a byte has arrived', async () => {
    const { server, log } = await openAttempt()
    expect(log.calls).toEqual([])
    server.latest().respond()
    await settle()
    expect(log.calls).toEqual([['open']])
  })

  it('gives events the origin of its final url', async () => {
    const { server, log } = await openAttempt()
    server.latest().respond(200, STREAM, 'https://other.test:8443/path?query#hash')
    server.latest().write('data\n\n')
    await settle()
    expect(log.withoutAlive().at(-1)).toMatchObject([
      'event',
      { origin: 'https://other.test:8443' },
    ])
  })

  it('gives events the origin of the requested url if it has no url itself', async () => {
    const { server, log } = await openAttempt({}, { url: 'http://localhost:3000' })
    server.latest().respond(200, STREAM, '')
    server.latest().write('data\n\n')
    await settle()
    expect(log.withoutAlive().at(-1)).toMatchObject(['event', { origin: 'http://localhost:3000' }])
  })

  it('can be a Response of the platform', async () => {
    const fetch: Fetch = async () => new Response('data: 1\n\n', { headers: STREAM })
    const { log } = await openAttempt({ fetch })
    expect(log.withoutAlive()).toMatchObject([
      ['open'],
      ['event', { data: '1', origin: 'https://example.com' }],
      ['end', { type: 'network' }],
    ])
    const refused = await openAttempt({
      fetch: async () => Response.json({ no: 1 }, { status: 404 }),
    })
    expect(refused.log.calls).toMatchObject([['fail', { status: 404, body: '{"no":1}' }, true]])
    const done = await openAttempt({ fetch: async () => new Response(null, { status: 204 }) })
    expect(done.log.calls).toEqual([['done']])
  })

  it('continues with the last event id of the request', async () => {
    const { server, log } = await openAttempt({}, { lastEventId: '7' })
    server.latest().respond()
    server.latest().write('data\n\n')
    await settle()
    expect(log.withoutAlive().at(-1)).toMatchObject(['event', { lastEventId: '7' }])
  })

  it('allows a retry when its body ends or breaks off', async () => {
    const ended = await openAttempt()
    ended.server.latest().respond()
    ended.server.latest().end()
    const broken = await openAttempt()
    broken.server.latest().respond()
    broken.server.latest().error()
    await settle()
    expect(ended.log.calls).toMatchObject([['open'], ['end', { type: 'network' }]])
    expect(broken.log.calls).toMatchObject([['open'], ['fail', { type: 'network' }, false]])
  })

  it('is done if it is a 204', async () => {
    const { server, log } = await openAttempt()
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
  ])('fails if it is a %i, with final %j', async (status, final) => {
    const { server, log } = await openAttempt()
    server.latest().respond(status, {})
    server.latest().end()
    await settle()
    expect(log.calls).toMatchObject([['fail', { type: 'http', status }, final]])
    expect(server.requests).toHaveLength(1)
  })

  it('fails for good if it has another content type', async () => {
    const { server, log } = await openAttempt()
    server.latest().respond(200, { 'Content-Type': 'text/html' })
    await settle()
    expect(log.calls).toMatchObject([['fail', { type: 'content-type', status: 200 }, true]])
    expect(server.live()).toEqual([])
  })

  it.each([null, undefined])('is unsupported if its body is %j', async (body) => {
    const fetch: Fetch = async () => ({
      status: 200,
      url: '',
      headers: new Headers(STREAM),
      ...(body === null && { body }),
    })
    const { log } = await openAttempt({ fetch })
    expect(log.calls).toMatchObject([['fail', { type: 'unsupported' }, true]])
    expect(log.calls[0]?.[1]).toMatchObject({ message: expect.stringContaining('streams') })
  })
})

describe('an exception', () => {
  it.each<[string, FetchTransportOptions]>([
    [
      'from a fetch that rejects',
      { fetch: () => Promise.reject(new TypeError('Failed to fetch')) },
    ],
    [
      'from a fetch that throws',
      {
        fetch: () => {
          throw new TypeError('Failed to fetch')
        },
      },
    ],
    [
      'from the header function',
      { headers: () => Promise.reject(new TypeError('Failed to fetch')) },
    ],
    [
      'from the body function',
      {
        body: () => {
          throw new TypeError('Failed to fetch')
        },
      },
    ],
  ])('%s becomes a network error with its cause, and allows a retry', async (_, options) => {
    const { log, server } = await openAttempt(options)
    expect(log.calls).toEqual([['fail', expect.any(EventSourceError), false]])
    expect(log.calls[0]?.[1]).toMatchObject({
      type: 'network',
      message: 'The request failed: TypeError: Failed to fetch',
      cause: new TypeError('Failed to fetch'),
    })
    expect(server.requests).toEqual([])
  })

  it('is reported unchanged if it is an EventSourceError', async () => {
    const own = new EventSourceError('http', 'No session', { status: 440 })
    const { log } = await openAttempt({ headers: () => Promise.reject(own) })
    expect(log.calls).toEqual([['fail', own, false]])
    expect(log.calls[0]?.[1]).toBe(own)
  })
})

describe('maxBufferSize', () => {
  it.each([0, -1, Number.NaN, 0.5])('rejects %d', (maxBufferSize) => {
    expect(() => fetchTransport({ maxBufferSize })).toThrow(
      new RangeError(`maxBufferSize is ${maxBufferSize}: give a number from 1 up`),
    )
  })

  it('limits the buffer, to 16 Mi characters by default', async () => {
    const { server, log } = await openAttempt({ maxBufferSize: 10 })
    server.latest().respond()
    server.latest().write('data: 0123456789')
    await settle()
    expect(log.withoutAlive().at(-1)).toMatchObject(['fail', { type: 'overflow' }])
    const most = await openAttempt()
    most.server.latest().respond()
    most.server.latest().write('data: ', new Uint8Array(2 ** 24 - 6).fill(120))
    await settle()
    expect(most.log.withoutAlive()).toEqual([['open']])
    most.server.latest().write('x')
    await settle()
    expect(most.log.withoutAlive().at(-1)).toMatchObject([
      'fail',
      { type: 'overflow', message: expect.stringContaining('16777216') },
    ])
  })
})
