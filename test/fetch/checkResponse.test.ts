// @vitest-environment node
import { EventSourceError } from 'use-event-source/core'
import type { FetchResponse } from 'use-event-source/fetch'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkResponse, isTransient } from '../../src/fetch/checkResponse.ts'
import { streamOf } from './support/streamOf.ts'

const DAY = 86_400_000
const NOW = Date.parse('2030-01-01T00:00:00.000Z')

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('a valid response', () => {
  // [spec] 9.2.3 and the MIME type's essence: parameters and case do not matter.
  it.each([
    'text/event-stream',
    'text/event-stream;charset=utf-8',
    'text/event-stream; charset=UTF-8; x=y',
    'text/event-stream ;charset=utf-8',
    'Text/Event-Stream',
    // [spec] Fetch, 2.2.2: whitespace is a tab, a line break or a space
    'text/event-stream\t;charset=utf-8',
    '\ttext/event-stream \t',
    // [spec] Fetch, 2.2.2: the last valid type of several counts, and "*/*" does not
    'text/event-stream, text/event-stream',
    'application/json, text/event-stream; charset=utf-8',
    'text/event-stream, */*',
    'text/event-stream, */*;q=0.1, ',
    'text/event-stream, no type',
    'text/event-stream, text/html/x',
    ',text/event-stream,,',
    'text/html;x=", text/plain", text/event-stream',
    'text/html;x="\\", text/plain", text/event-stream',
    // A comma inside quotes separates nothing, and quotes may stay open.
    'text/event-stream; x="a, text/html"',
    'text/event-stream; x="a, text/html',
    'text/event-stream; x="\\", text/html',
    'text/event-stream; x="\\',
  ])('is a 200 with %j', async (type) => {
    expect(await checkResponse(responseOf(200, type))).toBeUndefined()
  })

  it('is a 204, whatever its type', async () => {
    expect(await checkResponse(createResponse(204))).toBeUndefined()
    expect(
      await checkResponse(createResponse(204, { 'Content-Type': 'text/html' })),
    ).toBeUndefined()
  })
})

describe('a response of another type', () => {
  it.each([
    'text/plain',
    'application/json',
    'text/event-streams',
    'text/event-stream+json',
    'application/text/event-stream',
    'x text/event-stream',
    'text/event-stream x',
    'text /event-stream',
    'text/ event-stream',
    '"text/event-stream"',
    'text/event-stream\u00A0',
    'text/event-stream, text/html',
    'text/event-stream, TEXT/HTML;x="',
    'text/html;x="a, text/event-stream"',
    'text/html;x="a, text/event-stream',
    '*/*',
    ',',
  ])('is refused, and the message names %s', async (type) => {
    const refusal = await checkResponse(responseOf(200, type))
    expect(refusal).toBeInstanceOf(EventSourceError)
    expect(refusal).toMatchObject({ type: 'content-type', status: 200 })
    expect(refusal?.message).toContain(`answered with ${type}`)
    expect(refusal?.message).toContain('not with text/event-stream')
    expect(refusal?.message.includes('login')).toBe(/html/i.test(type))
  })

  it('has a message that mentions login pages if it is HTML', async () => {
    const refusal = await checkResponse(
      createResponse(200, { 'Content-Type': 'text/html; charset=utf-8' }),
    )
    expect(refusal?.message).toBe(
      'The server answered with text/html; charset=utf-8, which is often a login page, ' +
        'not with text/event-stream',
    )
  })

  it('has its body cancelled, and may reject that', async () => {
    let cancelled = 0
    const cancel = (): void => {
      cancelled++
      if (cancelled === 2) throw new Error('cannot')
    }
    for (const count of [1, 2]) {
      const body = new ReadableStream<Uint8Array>({ cancel })
      await checkResponse({ ...createResponse(200, { 'Content-Type': 'text/html' }), body })
      expect(cancelled).toBe(count)
    }
  })

  it('has a message that says so if it has no content type', async () => {
    expect((await checkResponse(createResponse(200)))?.message).toBe(
      'The server answered with no content type, not with text/event-stream',
    )
  })
})

describe('a response of another status', () => {
  it.each([
    100, 199, 201, 202, 205, 206, 210, 226, 299, 300, 304, 400, 401, 403, 404, 429, 500, 503, 599,
  ])('is refused with the status %i, even if it has the right type', async (status) => {
    const refusal = await checkResponse(
      createResponse(status, { 'Content-Type': 'text/event-stream' }),
    )
    expect(refusal).toBeInstanceOf(EventSourceError)
    expect(refusal).toMatchObject({ type: 'http', status })
    expect(refusal?.message).toContain(String(status))
  })

  // [spec] Fetch, 2.2.6: a browser shows a redirect that was not followed as the status 0.
  it('is a redirect without a status if a browser hides it', async () => {
    const refusal = await checkResponse(createResponse(0))
    expect(refusal).toMatchObject({ type: 'http', status: undefined })
    expect(refusal?.message).toBe('The server answered with a redirect, which is not followed')
  })

  it.each([408, 425, 429, 500, 501, 502, 503, 504, 599])('is transient: %i', (status) => {
    expect(isTransient(new EventSourceError('http', '', { status }))).toBe(true)
  })

  it.each([
    201, 205, 210, 299, 301, 304, 400, 401, 403, 404, 407, 409, 410, 422, 424, 426, 428, 430, 451,
    499,
  ])('is not transient: %i', (status) => {
    expect(isTransient(new EventSourceError('http', '', { status }))).toBe(false)
  })

  it('is not transient without a status', () => {
    expect(isTransient(new EventSourceError('content-type', ''))).toBe(false)
  })
})

describe('Retry-After', () => {
  it.each([
    ['2', 2_000],
    ['0', 0],
    ['007', 7_000],
    ['86400', DAY],
    ['86401', DAY],
    ['99999999999', DAY],
    ['Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
    ['Tue, 01 Jan 2030 00:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', DAY],
  ])('%j is %i ms', async (value, delay) => {
    expect((await checkResponse(createResponse(503, { 'Retry-After': value })))?.retryAfter).toBe(
      delay,
    )
  })

  it.each(['', '-5', '1.5', '1e3', '0x10', 'soon', '2 s', 'Mon, 31 Dec 2029 23:59:59 GMT', 'NaN'])(
    '%j is ignored',
    async (value) => {
      expect(
        (await checkResponse(createResponse(503, { 'Retry-After': value })))?.retryAfter,
      ).toBeUndefined()
    },
  )

  it('is at most a day, even if it is too large for a number', async () => {
    const headers = { 'Retry-After': '9'.repeat(400) }
    expect((await checkResponse(createResponse(503, headers)))?.retryAfter).toBe(DAY)
  })

  it('is undefined if the header is missing', async () => {
    expect((await checkResponse(createResponse(503)))?.retryAfter).toBeUndefined()
  })
})

describe('the text of a refusal', () => {
  it.each([
    'application/json',
    'application/problem+json; charset=utf-8',
    'Application/JSON',
    'text/plain',
    'text/plain;charset=utf-8',
  ])('is kept if it is short %s', async (type) => {
    expect(await bodyOf(type, 'no such ', 'stream ß')).toBe('no such stream ß')
  })

  it.each(['text/html', 'application/octet-stream', 'image/svg+xml'])(
    'is not kept if it is %s',
    async (type) => {
      expect(await bodyOf(type, 'short')).toBeUndefined()
    },
  )

  it.each([200, 201, 205, 210, 299, 302, 404, 503])(
    'is kept with the status %i',
    async (status) => {
      const text = '{"error":{"message":"quota exceeded"}}'
      for (const type of ['application/json', 'application/problem+json', 'text/plain']) {
        const refusal = await checkResponse({ ...responseOf(status, type), body: streamOf(text) })
        expect(refusal).toMatchObject({ status, body: text })
      }
    },
  )

  it('has the type that counts if the header was sent twice', async () => {
    expect(await bodyOf('text/html, application/json', '{}')).toBe('{}')
    expect(await bodyOf('application/json, text/html', '<p>')).toBeUndefined()
  })

  it('is cancelled at once if it is not kept', async () => {
    const cancel = vi.fn()
    for (const status of [200, 205, 404]) {
      const body = new ReadableStream<Uint8Array>({ cancel })
      await checkResponse({ ...responseOf(status, 'text/html'), body })
    }
    expect(cancel).toHaveBeenCalledTimes(3)
  })

  it('is not kept if it has no type', async () => {
    const refusal = await checkResponse({ ...createResponse(404), body: streamOf('short') })
    expect(refusal?.body).toBeUndefined()
  })

  it('is short if it has at most a thousand characters', async () => {
    expect(await bodyOf('text/plain', 'x'.repeat(1_000))).toHaveLength(1_000)
    expect(await bodyOf('text/plain', 'x'.repeat(600), 'x'.repeat(400))).toHaveLength(1_000)
    expect(await bodyOf('text/plain', 'x'.repeat(1_001))).toBeUndefined()
    expect(await bodyOf('text/plain', 'x'.repeat(1_000), 'x')).toBeUndefined()
  })

  it('is empty if the body is empty or missing', async () => {
    expect(await bodyOf('text/plain')).toBe('')
    const refusal = await checkResponse(createResponse(404, { 'Content-Type': 'text/plain' }))
    expect(refusal?.body).toBe('')
  })

  it('is cancelled once it is too long', async () => {
    let pulled = 0
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(500).fill(120))
      },
      cancel() {
        isCancelled = true
      },
    })
    const refusal = await checkResponse({
      ...createResponse(404, { 'Content-Type': 'text/plain' }),
      body,
    })
    expect(refusal).toMatchObject({ status: 404, body: undefined })
    expect(isCancelled).toBe(true)
    expect(pulled).toBeLessThan(6)
  })

  it('is cancelled after a second', async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(3).fill(120)),
      cancel() {
        isCancelled = true
      },
    })
    const onRefusal = vi.fn()
    const checking = checkResponse({
      ...createResponse(503, { 'Content-Type': 'text/plain' }),
      body,
    })
    void checking.then(onRefusal)
    await vi.advanceTimersByTimeAsync(999)
    expect(onRefusal).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(onRefusal.mock.lastCall).toMatchObject([{ status: 503, body: undefined }])
    expect(isCancelled).toBe(true)
  })

  it('is not kept if it breaks off, and the error still has the status', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(3).fill(120))
      },
      pull: (controller) => controller.error(new TypeError('terminated')),
    })
    const refusal = await checkResponse({
      ...createResponse(503, { 'Content-Type': 'text/plain' }),
      body,
    })
    expect(refusal).toMatchObject({ type: 'http', status: 503, body: undefined })
  })
})

function createResponse(status: number, headers: HeadersInit = {}): FetchResponse {
  return { status, url: '', headers: new Headers(headers) }
}

/** A response with this content type, which `Headers` would change or refuse. */
function responseOf(status: number, type: string): FetchResponse {
  const headers = { get: (name: string) => (name === 'Content-Type' ? type : null) }
  return { status, url: '', headers }
}

async function bodyOf(type: string, ...pieces: string[]): Promise<string | undefined> {
  const headers = { 'Content-Type': type }
  return (await checkResponse({ ...createResponse(404, headers), body: streamOf(...pieces) }))?.body
}
