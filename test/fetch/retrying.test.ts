// @vitest-environment node
import type { RetryContext } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type OpenedStream, openStream } from './support/openStream.ts'
import { settle } from './support/settle.ts'

const STEADY = { initialDelay: 1_000, factor: 2, maxDelay: 30_000, jitter: false }
const DAY = 86_400_000

afterEach(() => {
  vi.useRealTimers()
})

describe('Retry-After', () => {
  it.each([0, 0.5, 0.999_999])(
    'delays three attempts by its 2 s, plus the backoff (luck %d)',
    async (luck) => {
      const stream = await openStream({}, { retry: {} })
      stream.clock.luck = luck
      for (const backoff of [1_000, 2_000, 4_000]) {
        await refuse(stream, 503, { 'Retry-After': '2' })
        const wait = await untilNextRequest(stream)
        expect(wait).toBeGreaterThanOrEqual(2_000)
        expect(wait).toBeGreaterThanOrEqual(2_000 + Math.floor(luck * backoff))
        expect(wait).toBeLessThanOrEqual(2_001 + luck * backoff)
      }
      expect(stream.server.requests).toHaveLength(4)
    },
  )

  it('can be a date', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2030-01-01T00:00:00.000Z') })
    const stream = await openStream({}, { retry: {} })
    stream.clock.luck = 0
    await refuse(stream, 503, { 'Retry-After': 'Tue, 01 Jan 2030 00:00:45 GMT' })
    expect(stream.errors[0]?.retryAfter).toBe(45_000)
    expect(await untilNextRequest(stream)).toBe(45_000)
    await refuse(stream, 503, { 'Retry-After': 'Mon, 01 Jan 2029 00:00:00 GMT' })
    expect(stream.errors[1]?.retryAfter).toBeUndefined()
    expect(await untilNextRequest(stream)).toBeLessThanOrEqual(2_000)
  })

  it.each([408, 425, 429, 500])('is obeyed after a %i too', async (status) => {
    const stream = await openStream({}, { retry: {} })
    stream.clock.luck = 0
    await refuse(stream, status, { 'Retry-After': '7' })
    expect(await untilNextRequest(stream)).toBe(7_000)
  })

  it('applies to one attempt only', async () => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 503, { 'Retry-After': '60' })
    expect(await untilNextRequest(stream)).toBe(61_000)
    await refuse(stream, 503, {})
    expect(await untilNextRequest(stream)).toBe(2_000)
  })

  it.each([11, 400])('is at most a day, with %i digits too', async (digits) => {
    const stream = await openStream({}, { retry: {} })
    stream.clock.luck = 0
    await refuse(stream, 503, { 'Retry-After': '9'.repeat(digits) })
    await stream.pass(DAY - 1)
    expect(stream.server.requests).toHaveLength(1)
    await stream.pass(1)
    expect(stream.server.requests).toHaveLength(2)
  })

  it.each(['-1', 'soon', '', '1.5', '\u00FF'])('is ignored if it is %j', async (value) => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 503, { 'Retry-After': value })
    expect(await untilNextRequest(stream)).toBe(1_000)
  })

  it('is not shortened by a wake, unlike the backoff', async () => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 503, { 'Retry-After': '2' })
    for (const isRestored of [false, true]) {
      await stream.pass(900)
      stream.clock.wake(isRestored)
      await stream.pass(0)
      expect(stream.server.requests).toHaveLength(1)
    }
    await stream.pass(199)
    expect(stream.server.requests).toHaveLength(1)
    await stream.pass(1)
    expect(stream.server.requests).toHaveLength(2)
  })

  it('does not delay a wake that comes later', async () => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 503, { 'Retry-After': '2' })
    await stream.pass(2_500)
    stream.clock.wake()
    await stream.pass(0)
    expect(stream.server.requests).toHaveLength(2)
  })

  it('is passed to a retry function, but does not limit its delay', async () => {
    const seen: RetryContext[] = []
    const retry = (context: RetryContext): number => {
      seen.push(context)
      return 5
    }
    const stream = await openStream({}, { retry })
    await refuse(stream, 503, { 'Retry-After': '2' })
    expect(seen[0]?.error).toMatchObject({ status: 503, retryAfter: 2_000 })
    expect(await untilNextRequest(stream)).toBe(5)
  })
})

describe('a final outcome', () => {
  it('closes the connection as done after a 204', async () => {
    const onClose = vi.fn()
    const stream = await openStream({}, { onClose, retry: STEADY })
    stream.server.latest().respond(204, {})
    await settle()
    expect(stream.connection.getSnapshot()).toMatchObject({
      status: 'closed',
      reason: 'done',
      error: null,
    })
    expect(onClose).toHaveBeenCalledExactlyOnceWith({ reason: 'done', error: null })
    expect(stream.errors).toEqual([])
    await expectNoMoreRequests(stream)
    stream.connection.reconnect()
    await settle()
    expect(stream.server.requests).toHaveLength(2)
  })

  it('closes a connection that had been open as done after a 204', async () => {
    const stream = await openStream({}, { retry: STEADY })
    stream.server.latest().respond()
    await settle()
    stream.server.latest().end()
    await settle()
    await stream.pass(1_000)
    stream.server.latest().respond(204, {})
    await settle()
    expect(stream.connection.getSnapshot()).toMatchObject({ reason: 'done' })
    await expectNoMoreRequests(stream)
  })

  it('fails the connection after a 404, with its status and text', async () => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 404, { 'Content-Type': 'application/json' }, '{"title":"No such feed"}')
    expect(stream.connection.getSnapshot()).toMatchObject({
      status: 'closed',
      reason: 'failed',
      error: { type: 'http', status: 404, body: '{"title":"No such feed"}', attempt: 1 },
    })
    expect(stream.errors).toHaveLength(1)
    await expectNoMoreRequests(stream)
  })

  it('fails the connection after an HTML page, with a message that names the type', async () => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 200, { 'Content-Type': 'text/html' }, '<form>')
    expect(stream.connection.getSnapshot()).toMatchObject({
      status: 'closed',
      reason: 'failed',
      error: { type: 'content-type', message: expect.stringContaining('text/html') },
    })
    await expectNoMoreRequests(stream)
  })

  it('fails the connection if there is no fetch', async () => {
    vi.stubGlobal('fetch', undefined)
    const stream = await openStream({ fetch: undefined }, { retry: STEADY })
    vi.unstubAllGlobals()
    expect(stream.connection.getSnapshot()).toMatchObject({
      reason: 'failed',
      error: { type: 'unsupported' },
    })
    await expectNoMoreRequests(stream, 0)
  })
})

describe('the retry field', () => {
  it.each([
    [50, 50],
    [0, 1],
    [5_000, 5_000],
    [30_001, 30_000],
    [99_999_999_999, 30_000],
    ['9'.repeat(400), 30_000],
  ])('%d makes the first delay %i ms', async (value, delay) => {
    const stream = await openStream({}, { retry: STEADY })
    stream.server.latest().respond()
    stream.server.latest().write(`retry: ${value}\n\n`)
    await settle()
    stream.server.latest().end()
    await settle()
    const { retryAt } = stream.connection.getSnapshot()
    expect(Number(retryAt) - stream.clock.now()).toBe(delay)
    expect(await untilNextRequest(stream)).toBe(delay)
  })

  it('is the base of later delays, and stays set for later attempts', async () => {
    const stream = await openStream({}, { retry: STEADY })
    stream.server.latest().respond()
    stream.server.latest().write('retry: 50\n\n')
    await settle()
    stream.server.latest().error()
    await settle()
    const waits: number[] = []
    for (let attempt = 0; attempt < 4; attempt++) {
      waits.push(await untilNextRequest(stream))
      stream.server.latest().reject(new TypeError('Failed to fetch'))
      await settle()
    }
    expect(waits).toEqual([50, 100, 200, 400])
  })

  it('of 0 still backs off while the server is down', async () => {
    const stream = await openStream({}, { retry: STEADY })
    stream.server.latest().respond()
    stream.server.latest().write('retry: 0\n\n')
    await settle()
    stream.server.latest().end()
    await settle()
    let requests = 0
    for (let waited = 0; waited < 60_000; requests++) {
      waited += await untilNextRequest(stream)
      stream.server.latest().reject(new TypeError('Failed to fetch'))
      await settle()
    }
    expect(requests).toBeLessThan(20)
  })

  it('is passed to a retry function, with hasOpened', async () => {
    const seen: RetryContext[] = []
    const retry = (context: RetryContext): number => {
      seen.push(context)
      return 1
    }
    const stream = await openStream({}, { retry })
    stream.server.latest().reject(new TypeError('Failed to fetch'))
    await settle()
    await stream.pass(1)
    stream.server.latest().respond()
    stream.server.latest().write('retry: 50\nid: 7\ndata\n\n')
    await settle()
    stream.server.latest().end()
    await settle()
    expect(seen).toMatchObject([
      { attempt: 1, hasOpened: false, serverRetry: undefined, lastEventId: '' },
      { attempt: 1, hasOpened: true, serverRetry: 50, lastEventId: '7' },
    ])
  })

  it('is ignored if it is not a number', async () => {
    const stream = await openStream({}, { retry: STEADY })
    stream.server.latest().respond()
    stream.server.latest().write('retry: 50\nretry: soon\nretry: -1\nretry\n\n')
    await settle()
    stream.server.latest().end()
    await settle()
    expect(await untilNextRequest(stream)).toBe(50)
  })
})

async function refuse(
  { server }: OpenedStream,
  status: number,
  headers: HeadersInit,
  text = '',
): Promise<void> {
  server.latest().respond(status, headers)
  server.latest().write(text)
  server.latest().end()
  await settle()
}

/** Lets time pass until the next request, and returns how long that took, in ms. */
async function untilNextRequest(stream: OpenedStream): Promise<number> {
  const { server, clock, connection } = stream
  const count = server.requests.length
  const start = clock.now()
  // `retryAt` is null once the attempt has started. The request follows after this task.
  while (connection.getSnapshot().retryAt !== null) {
    if (clock.now() - start > 100_000) throw new Error('no attempt was made')
    clock.advance(1)
  }
  await settle()
  expect(server.requests).toHaveLength(count + 1)
  return clock.now() - start
}

/** Expects that no time, wake or change of the network leads to another request. */
async function expectNoMoreRequests(
  { server, clock, pass }: OpenedStream,
  requests?: number,
): Promise<void> {
  const count = requests ?? server.requests.length
  await pass(DAY)
  clock.wake()
  clock.wake(true)
  clock.online = false
  clock.wake()
  clock.online = true
  clock.wake()
  await pass(DAY)
  expect(server.requests).toHaveLength(count)
  expect(clock.pending()).toBe(0)
}
