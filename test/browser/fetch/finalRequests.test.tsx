import type { Transport } from 'use-event-source/core'
import { fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { workerTransport } from 'use-event-source/worker'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../support/server/script.ts'
import { openStream } from '../support/openStream.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow } from './support/follow.tsx'

const transports: [string, (options?: FetchTransportOptions) => Transport][] = [
  ['fetch', fetchTransport],
  ['worker', workerTransport],
]

const good: Answer = { body: [{ burst: { to: 3 } }] }

expectNothingThrown()

describe.each(transports)('the %s transport', (_, makeTransport) => {
  it.each<[string, FetchTransportOptions]>([
    ['a forbidden method', { method: 'TRACE' }],
    ['a GET with a body', { method: 'GET', body: 'a' }],
    ['a header with a line break', { headers: { 'X-A': 's3cret\n1' } }],
    ['a header beyond Latin-1', { headers: () => ({ 'X-A': 's3cret 名' }) }],
  ])('closes for good, without a request: %s', async (_, options) => {
    const stream = await openStream(good)
    const { log } = await follow(stream, { transport: makeTransport(options) })
    await log.until(({ status }) => status === 'closed')
    expect(log.latest).toMatchObject({ reason: 'failed', error: { type: 'unsupported' } })
    expect(String(log.latest.error?.stack)).not.toContain('s3cret')
    expect((await stream.log()).requests).toHaveLength(0)
  })

  it.each(['ftp://example.com/', 'mailto:a@b', 'javascript:void 0', 'ws://127.0.0.1/'])(
    'closes for good, without a request: %s',
    async (url) => {
      const { log } = await follow({ url }, { transport: makeTransport() })
      await log.until(({ status }) => status === 'closed')
      expect(log.latest).toMatchObject({ reason: 'failed', error: { type: 'unsupported' } })
    },
  )

  it.each([
    ['data:', 'data:text/event-stream,data: 3%0A%0A'],
    ['blob:', URL.createObjectURL(new Blob(['data: 3\n\n'], { type: 'text/event-stream' }))],
  ])('reads a %s url, as fetch does', async (_, url) => {
    const { untilMessage, messages } = await follow({ url }, { transport: makeTransport() })
    await untilMessage('3')
    expect(messages()).toContain('3')
  })

  it('closes for good over a line break in the lastEventId option', async () => {
    const stream = await openStream(good)
    const options = { transport: makeTransport(), lastEventId: '1\n2' }
    const { log } = await follow(stream, options)
    await log.until(({ status }) => status === 'closed')
    expect(log.latest.error?.message).toContain('lastEventId')
    expect((await stream.log()).requests).toHaveLength(0)
  })

  it('sends the userinfo of the url as Basic credentials', async () => {
    const stream = await openStream(good)
    const url = stream.url.replace('://', '://us%C3%A9r:s3cret@')
    const { untilMessage } = await follow({ url }, { transport: makeTransport() })
    await untilMessage('3')
    const { requests } = await stream.log()
    const { authorization } = requests[0]?.headers ?? {}
    const bytes = atob(String(authorization).replace('Basic ', ''))
    expect(decodeURIComponent(escape(bytes))).toBe('usér:s3cret')
  })

  it('sends a body that is a stream, over HTTP/1.1 too', async () => {
    const stream = await openStream(good)
    const body = () => new Blob(['hello']).stream()
    const { untilMessage } = await follow(stream, { transport: makeTransport({ body }) })
    await untilMessage('3')
    expect((await stream.log()).requests).toMatchObject([{ method: 'POST', body: 'hello' }])
  })

  it.each([400, 431])('comes back without the id after a %i', async (status) => {
    const stream = await openStream(status, good)
    const lastEventId = 'x'.repeat(20_000)
    const options = { transport: makeTransport(), lastEventId }
    const { untilMessage } = await follow(stream, options)
    await untilMessage('3')
    const { requests } = await stream.log()
    expect(requests.map((request) => request.lastEventId)).toEqual([lastEventId, null])
  })

  // The HTTP parser of the server refuses it, with an answer that no page of another origin may read.
  it('comes back without an id that has a control character', async () => {
    const send = { id: 'a\x01b', data: '1' }
    const stream = await openStream({ body: [{ send }, 'end'] }, good)
    const { untilMessage } = await follow(stream, { transport: makeTransport() })
    await untilMessage('3')
    const { requests } = await stream.log()
    expect(requests.map(({ lastEventId }) => lastEventId)).toEqual([null, null])
  })

  it('follows redirects, with headers that are not Authorization, and the body', async () => {
    const target = await openStream(good)
    const stream = await openStream({ redirect: target.url, status: 307 })
    const headers = { Authorization: 'Bearer 1', 'X-Api-Key': '2' }
    const transport = makeTransport({ headers, body: 'hello' })
    const { untilMessage } = await follow(stream, { transport, lastEventId: '7' })
    await untilMessage('3')
    const { requests } = await target.log()
    expect(requests).toMatchObject([
      { body: 'hello', lastEventId: '7', headers: { 'x-api-key': '2' } },
    ])
    expect(requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('refuses redirects if it should, and sends nothing to the target', async () => {
    const target = await openStream(good)
    const stream = await openStream({ redirect: `${target.url}?token=s3cret`, status: 307 })
    const transport = makeTransport({ redirect: 'error', headers: { 'X-Api-Key': '2' } })
    const { log } = await follow(stream, { transport })
    await log.until(({ status }) => status === 'closed')
    expect(log.latest).toMatchObject({
      reason: 'failed',
      error: {
        type: 'http',
        message: 'The server answered with a redirect, which is not followed',
      },
    })
    expect((await stream.log()).requests).toHaveLength(1)
    expect((await target.log()).requests).toHaveLength(0)
  })

  it('opens a stream that is not redirected if it refuses redirects', async () => {
    const stream = await openStream(good)
    const transport = makeTransport({ redirect: 'error' })
    const { log } = await follow(stream, { transport })
    await log.until(({ status }) => status !== 'connecting')
    expect(log.latest.status).toBe('open')
  })

  it('says in error.body what a 200 with JSON says', async () => {
    const write = '{"error":{"message":"quota exceeded"}}'
    const answer = { headers: { 'Content-Type': 'application/json' }, body: [{ write }, 'end'] }
    const { log } = await follow(await openStream(answer as Answer), { transport: makeTransport() })
    await log.until(({ status }) => status === 'closed')
    expect(log.latest.error).toMatchObject({ type: 'content-type', status: 200, body: write })
  })
})
