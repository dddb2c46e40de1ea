// @vitest-environment node
import { EventSourceError } from 'use-event-source/core'
import type { FetchTransportOptions } from 'use-event-source/fetch'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ScriptedRequest } from './support/createScriptedFetch.ts'
import { openAttempt } from './support/openAttempt.ts'
import { openStream, type OpenedStream, STREAM_URL } from './support/openStream.ts'
import { settle } from './support/settle.ts'

const retry = { jitter: false, resetAfter: 0 }
const refused = new TypeError('Failed to fetch')

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('with lastEventIdParam', () => {
  const lastEventIdParam = 'after'

  it('the id is in the query and not in a header', async () => {
    const { server, log } = await openAttempt(
      { lastEventIdParam },
      { lastEventId: '日 7', url: 'https://example.com/stream?a=%20&after=6#top' },
    )
    const { url, headers } = server.latest()
    expect(url).toBe('https://example.com/stream?a=%20&after=%E6%97%A5+7#top')
    expect([...headers]).toEqual([['accept', 'text/event-stream']])
    server.latest().respond()
    server.latest().write('data\n\n')
    await settle()
    expect(log.withoutAlive().at(-1)).toMatchObject(['event', { lastEventId: '日 7' }])
  })

  it('the url stays as it is without an id', async () => {
    const { server } = await openAttempt({ lastEventIdParam }, { url: 'https://x.test/?after=6' })
    expect(server.latest().url).toBe('https://x.test/?after=6')
  })

  it('functions get the id, and a refreshed request carries it', async () => {
    const headers = vi.fn<() => HeadersInit>(() => ({}))
    const { server } = await openAttempt({ lastEventIdParam, headers }, { lastEventId: '7' })
    server.latest().respond(401, {})
    server.latest().end()
    await settle()
    expect(headers.mock.calls).toMatchObject([[{ lastEventId: '7' }], [{ lastEventId: '7' }]])
    expect(server.requests.map(({ url }) => url)).toEqual([
      `${STREAM_URL}?after=7`,
      `${STREAM_URL}?after=7`,
    ])
  })

  it('a request that fails is not repeated in its attempt', async () => {
    vi.stubGlobal('location', new URL('https://page.test/'))
    const { server, log } = await openAttempt({ lastEventIdParam }, { lastEventId: '7' })
    server.latest().reject(refused)
    await settle()
    expect(server.requests).toHaveLength(1)
    expect(log.calls).toMatchObject([['fail', { type: 'network' }, false]])
  })
})

describe('a server on another origin', () => {
  beforeEach(() => {
    vi.stubGlobal('location', new URL('https://page.test/app'))
  })

  it('that refuses the header is read without the id, and onOpen says so', async () => {
    const onOpen = vi.fn()
    const stream = await openStream({}, { retry, onOpen })
    await loseAfter(stream, 'id: 1\ndata: a\n\n')
    await refuseHeader(stream, 1)
    expect(onOpen.mock.calls).toMatchObject([
      [{ reconnected: false }],
      [{ reconnected: true, lastEventId: '' }],
    ])
    const { server } = stream
    expect(server.requests.map(idOf)).toEqual([null, '1', null, '1'])
    server.requests[2]?.write('data: b\n\nid: 3\ndata: c\n\n')
    await settle()
    expect(stream.events.map(({ data, lastEventId }) => [data, lastEventId])).toEqual([
      ['a', '1'],
      ['b', ''],
      ['c', '3'],
    ])
    expect(stream.errors).toHaveLength(1)
    expect(server.live()).toHaveLength(1)
  })

  it('that refuses the header comes back after every loss', async () => {
    const stream = await openStream({}, { retry })
    await loseAfter(stream, 'id: 1\ndata: a\n\n')
    for (const id of [2, 3]) {
      await refuseHeader(stream, id - 1)
      const request = stream.server.requests.at(-2)
      request?.write(`id: ${id}\ndata: a\n\n`)
      await settle()
      request?.end()
      await settle()
      await stream.pass(id * 1_000)
    }
    expect(stream.events.map(({ lastEventId }) => lastEventId)).toEqual(['1', '2', '3'])
    expect(idOf(stream.server.latest())).toBe('3')
  })

  it('that sends no id after its header was refused is then asked without one', async () => {
    const stream = await openStream({}, { retry })
    await loseAfter(stream, 'id: 1\ndata: a\n\n')
    await refuseHeader(stream, 1)
    stream.server.requests.at(-2)?.end()
    await settle()
    await stream.pass(2_000)
    expect(stream.server.requests).toHaveLength(5)
    expect(idOf(stream.server.latest())).toBeNull()
  })

  it('that is down keeps the id, at two requests for each attempt', async () => {
    const onOpen = vi.fn()
    const stream = await openStream({}, { retry, onOpen })
    await loseAfter(stream, 'id: 1\ndata: a\n\n')
    for (const attempt of [2, 3, 4]) {
      await rejectLatest(stream)
      await rejectLatest(stream)
      expect(stream.connection.getSnapshot()).toMatchObject({ status: 'reconnecting', attempt })
      await stream.pass(2 ** (attempt - 1) * 1_000)
    }
    expect(stream.server.requests.map(idOf)).toEqual([null, '1', null, '1', null, '1', null, '1'])
    stream.server.latest().respond()
    await settle()
    expect(onOpen).toHaveBeenLastCalledWith(expect.objectContaining({ lastEventId: '1' }))
    expect(stream.server.requests).toHaveLength(8)
  })

  it('that comes back during the attempt keeps the id, and its first answer is cancelled', async () => {
    const onOpen = vi.fn()
    const stream = await openStream({}, { retry, onOpen })
    await loseAfter(stream, 'id: 1\ndata: a\n\n')
    await rejectLatest(stream)
    stream.server.latest().respond()
    await settle()
    stream.server.latest().respond()
    await settle()
    expect(stream.server.requests.map(idOf)).toEqual([null, '1', null, '1'])
    expect(stream.server.requests.map(({ phase }) => phase)).toEqual([
      'ended',
      'broken',
      'cancelled',
      'streaming',
    ])
    expect(onOpen).toHaveBeenLastCalledWith(expect.objectContaining({ lastEventId: '1' }))
  })

  it('that answers with a refusal keeps the id for the next attempt', async () => {
    const stream = await openStream({}, { retry })
    await loseAfter(stream, 'id: 1\ndata: a\n\n')
    await refuseHeader(stream, 1, 503)
    await stream.pass(2_000)
    expect(stream.server.requests.map(idOf)).toEqual([null, '1', null, '1', '1'])
  })

  it('gets fresh headers after a 401, still without the id', async () => {
    const headers = vi.fn<(context: { lastEventId: string }) => HeadersInit>(() => ({}))
    const { server, log } = await openAttempt({ headers }, { lastEventId: '1' })
    server.latest().reject(refused)
    await settle()
    server.latest().respond(401, {})
    server.latest().end()
    await settle()
    server.latest().reject(refused)
    await settle()
    server.latest().respond()
    await settle()
    expect(server.requests.map(idOf)).toEqual(['1', null, '1', null])
    expect(headers).toHaveBeenCalledTimes(2)
    expect(log.calls).toEqual([['id', ''], ['open']])
  })

  it('gets the same headers in each request of an attempt', async () => {
    const headers = vi.fn(() => ({ Authorization: 'Bearer 1' }))
    const { server } = await openAttempt({ headers }, { lastEventId: '1' })
    server.latest().reject(refused)
    await settle()
    server.latest().respond()
    await settle()
    expect(headers).toHaveBeenCalledTimes(1)
    const tokens = server.requests.map(({ headers }) => headers.get('Authorization'))
    expect(tokens).toEqual(['Bearer 1', 'Bearer 1', 'Bearer 1'])
  })

  it.each<[string, FetchTransportOptions, string, unknown]>([
    ['that has no id', {}, '', refused],
    ['that is a POST', { body: 'a' }, '1', refused],
    ['that fails by an exception of another kind', {}, '1', new Error('no')],
    ['that fails by an error of its own', {}, '1', new EventSourceError('http', 'no')],
  ])('is not asked twice by a request %s', async (_, options, lastEventId, reason) => {
    const { server, log } = await openAttempt(options, { lastEventId })
    server.latest().reject(reason)
    await settle()
    expect(server.requests).toHaveLength(1)
    expect(log.calls).toMatchObject([['fail', {}, false]])
  })

  it('is not asked because of an exception from the header function', async () => {
    const { server, log } = await openAttempt(
      { headers: () => Promise.reject(refused) },
      { lastEventId: '1' },
    )
    expect(server.requests).toHaveLength(0)
    expect(log.calls).toMatchObject([['fail', { type: 'network', cause: refused }, false]])
  })

  it.each([0, 1, 2])('is not asked again after close() during request %i', async (during) => {
    const stream = await openStream({}, { retry }, { ignoresSignal: true })
    await loseAfter(stream, 'id: 1\ndata: a\n\n')
    if (during > 0) await rejectLatest(stream)
    if (during > 1) {
      stream.server.latest().respond()
      await settle()
    }
    const { requests } = stream.server
    expect(requests).toHaveLength(during + 2)
    stream.connection.close()
    if (during === 1) requests.at(-1)?.respond()
    else requests.at(-1)?.reject(refused)
    await settle()
    expect(requests).toHaveLength(during + 2)
    expect(stream.server.live()).toEqual([])
    expect(stream.errors).toHaveLength(1)
  })
})

it.each([
  ['the origin of the page', () => vi.stubGlobal('location', new URL('https://example.com/app'))],
  ['any origin outside a browser', () => {}],
])('a server on %s is asked once for each attempt', async (_, stub) => {
  stub()
  const stream = await openStream({}, { retry })
  await loseAfter(stream, 'id: 1\ndata: a\n\n')
  await rejectLatest(stream)
  expect(stream.server.requests).toHaveLength(2)
  await stream.pass(2_000)
  expect(stream.server.requests.map(idOf)).toEqual([null, '1', '1'])
})

it('an origin that the origin of the page is a part of is another one', async () => {
  vi.stubGlobal('location', new URL('https://example.co'))
  const { server } = await openAttempt({}, { lastEventId: '1' })
  server.latest().reject(refused)
  await settle()
  expect(server.requests).toHaveLength(2)
})

/** Answers the first request with this text, and waits for the next one. */
async function loseAfter({ server, pass }: OpenedStream, text: string): Promise<void> {
  server.latest().respond()
  server.latest().write(text)
  await settle()
  server.latest().end()
  await settle()
  await pass(1_000)
  expect(server.requests).toHaveLength(2)
}

/** Plays a server whose CORS answer does not allow the header that carries this id. */
async function refuseHeader(stream: OpenedStream, id: number, status = 200): Promise<void> {
  const { server } = stream
  expect(idOf(server.latest())).toBe(String(id))
  await rejectLatest(stream)
  expect(idOf(server.latest())).toBeNull()
  server.latest().respond(status)
  await settle()
  expect(idOf(server.latest())).toBe(String(id))
  await rejectLatest(stream)
}

async function rejectLatest({ server }: OpenedStream): Promise<void> {
  server.latest().reject(refused)
  await settle()
}

function idOf({ headers }: ScriptedRequest): string | null {
  return headers.get('Last-Event-ID')
}
