// @vitest-environment node
import type { RetryContext } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type OpenedStream, openStream } from './support/openStream.ts'
import { settle } from './support/settle.ts'

const STEADY = { initial: 1_000, factor: 2, max: 30_000, jitter: false }
const DAY = 86_400_000

afterEach(() => {
  vi.useRealTimers()
})

describe('Retry-After', () => {
  it.each([0, 0.5, 0.999_999])(
    'holds three attempts back for its 2 s, and the backoff comes on top (luck %d)',
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

  it('may be a date', async () => {
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

  it.each([408, 425, 429, 500])('is obeyed with a %i too', async (status) => {
    const stream = await openStream({}, { retry: {} })
    stream.clock.luck = 0
    await refuse(stream, status, { 'Retry-After': '7' })
    expect(await untilNextRequest(stream)).toBe(7_000)
  })

  it('counts for one attempt', async () => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 503, { 'Retry-After': '60' })
    expect(await untilNextRequest(stream)).toBe(61_000)
    await refuse(stream, 503, {})
    expect(await untilNextRequest(stream)).toBe(2_000)
  })

  it.each([11, 400])('is a day at the most, with %i digits too', async (digits) => {
    const stream = await openStream({}, { retry: {} })
    stream.clock.luck = 0
    await refuse(stream, 503, { 'Retry-After': '9'.repeat(digits) })
    await stream.pass(DAY - 1)
    expect(stream.server.requests).toHaveLength(1)
    await stream.pass(1)
    expect(stream.server.requests).toHaveLength(2)
  })

  it.each(['-1', 'soon', '', '1.5', '\u00FF'])(
    'is left to the policy where it is %j',
    async (value) => {
      const stream = await openStream({}, { retry: STEADY })
      await refuse(stream, 503, { 'Retry-After': value })
      expect(await untilNextRequest(stream)).toBe(1_000)
    },
  )

  it('is not cut short by a wake, which cuts the backoff', async () => {
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

  it('is over where a wake comes later', async () => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 503, { 'Retry-After': '2' })
    await stream.pass(2_500)
    stream.clock.wake()
    await stream.pass(0)
    expect(stream.server.requests).toHaveLength(2)
  })

  it('is told to a retry function, which it does not bind', async () => {
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

describe('an answer that is the last word', () => {
  it('closes the connection as done with a 204, for good', async () => {
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
    await expectDeaf(stream)
    stream.connection.reconnect()
    await settle()
    expect(stream.server.requests).toHaveLength(2)
  })

  it('ends a stream that was up with a 204 as well', async () => {
    const stream = await openStream({}, { retry: STEADY })
    stream.server.latest().respond()
    await settle()
    stream.server.latest().end()
    await settle()
    await stream.pass(1_000)
    stream.server.latest().respond(204, {})
    await settle()
    expect(stream.connection.getSnapshot()).toMatchObject({ reason: 'done' })
    await expectDeaf(stream)
  })

  it('fails with a 404, its status and its text', async () => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 404, { 'Content-Type': 'application/json' }, '{"title":"No such feed"}')
    expect(stream.connection.getSnapshot()).toMatchObject({
      status: 'closed',
      reason: 'failed',
      error: { type: 'http', status: 404, body: '{"title":"No such feed"}', attempt: 1 },
    })
    expect(stream.errors).toHaveLength(1)
    await expectDeaf(stream)
  })

  it('fails with a page, which the message names', async () => {
    const stream = await openStream({}, { retry: STEADY })
    await refuse(stream, 200, { 'Content-Type': 'text/html' }, '<form>')
    expect(stream.connection.getSnapshot()).toMatchObject({
      status: 'closed',
      reason: 'failed',
      error: { type: 'content-type', message: expect.stringContaining('text/html') },
    })
    await expectDeaf(stream)
  })

  it('fails for good without a fetch', async () => {
    vi.stubGlobal('fetch', undefined)
    const stream = await openStream({ fetch: undefined }, { retry: STEADY })
    vi.unstubAllGlobals()
    expect(stream.connection.getSnapshot()).toMatchObject({
      reason: 'failed',
      error: { type: 'unsupported' },
    })
    await expectDeaf(stream, 0)
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

  it('makes later delays grow from there, and holds for later attempts', async () => {
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

  it('is no storm with 0: a server that is down is asked ever less often', async () => {
    const stream = await openStream({}, { retry: STEADY })
    stream.server.latest().respond()
    stream.server.latest().write('retry: 0\n\n')
    await settle()
    stream.server.latest().end()
    await settle()
    let asked = 0
    for (let waited = 0; waited < 60_000; asked++) {
      waited += await untilNextRequest(stream)
      stream.server.latest().reject(new TypeError('Failed to fetch'))
      await settle()
    }
    expect(asked).toBeLessThan(20)
  })

  it('is told to a retry function, with whether the stream has been open', async () => {
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
      { attempt: 2, hasOpened: true, serverRetry: 50, lastEventId: '7' },
    ])
  })

  it('that is no number changes nothing', async () => {
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

/** Lets time pass until there is one more request, and says for how many ms. */
async function untilNextRequest(stream: OpenedStream): Promise<number> {
  const { server, clock, connection } = stream
  const count = server.requests.length
  const start = clock.now()
  // An attempt that waits says until when; one that is under way makes its request after this task.
  while (connection.getSnapshot().retryAt !== null) {
    if (clock.now() - start > 100_000) throw new Error('no attempt was made')
    clock.advance(1)
  }
  await settle()
  expect(server.requests).toHaveLength(count + 1)
  return clock.now() - start
}

/** Nothing that happens to the page or the network makes another request. */
async function expectDeaf({ server, clock, pass }: OpenedStream, requests?: number): Promise<void> {
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
