import type { RequestContext } from 'use-event-source/fetch'
import { workerTransport, type WorkerTransportOptions } from 'use-event-source/worker'
import { expect, it } from 'vitest'
import type { Answer } from '../../support/server/script.ts'
import { expectNothingThrown } from '../fetch/support/expectNothingThrown.ts'
import { follow } from '../fetch/support/follow.tsx'
import { openStream } from '../support/openStream.ts'

expectNothingThrown()

const one: Answer = { body: [{ burst: { to: 1 } }] }

it.each<[string, WorkerTransportOptions['headers']]>([
  ['an object', { 'X-Tenant': '7' }],
  ['a list', [['X-Tenant', '7']]],
  ['Headers', new Headers({ 'X-Tenant': '7' })],
  ['a function', () => ({ 'X-Tenant': '7' })],
  ['an async function', async () => new Headers({ 'X-Tenant': '7' })],
])('sends headers given as %s', async (_, headers) => {
  const { requests } = await ask({ headers })
  expect(requests).toMatchObject([
    { method: 'GET', body: '', headers: { 'x-tenant': '7', accept: 'text/event-stream' } },
  ])
})

const urlencoded = 'application/x-www-form-urlencoded;charset=UTF-8'
const bytes = new TextEncoder().encode('hello')

it.each<[string, WorkerTransportOptions['body'], string | undefined, string]>([
  ['a string', 'hello', 'text/plain;charset=UTF-8', 'hello'],
  ['URLSearchParams', new URLSearchParams('a=1&b=é'), urlencoded, 'a=1&b=%C3%A9'],
  ['a Blob', new Blob(['hello'], { type: 'a/b' }), 'a/b', 'hello'],
  ['a buffer', bytes.buffer, undefined, 'hello'],
  ['a part of a buffer', bytes.subarray(1), undefined, 'ello'],
  ['a stream', () => new Blob(['hello']).stream(), undefined, 'hello'],
  ['a function', async () => 'hello', 'text/plain;charset=UTF-8', 'hello'],
])('sends a body given as %s', async (_, body, type, sent) => {
  const { requests } = await ask({ body })
  expect(requests).toMatchObject([{ method: 'POST', body: sent }])
  expect(requests[0]?.headers['content-type']).toBe(type)
})

it('sends a form with its boundary and its files', async () => {
  const body = new FormData()
  body.set('name', 'é')
  body.set('file', new File(['hello'], 'a.txt', { type: 'text/plain' }))
  const { requests } = await ask({ body })
  const [, boundary] = /^multipart\/form-data; boundary=(.+)$/.exec(
    String(requests[0]?.headers['content-type']),
  ) as unknown as [string, string]
  const sent = requests[0]?.body ?? ''
  expect(sent.startsWith(`--${boundary}\r\n`)).toBe(true)
  expect(sent.endsWith(`--${boundary}--\r\n`)).toBe(true)
  expect(sent).toContain('\r\n\r\né\r\n')
  expect(sent).toContain('filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n')
})

it('sends the content type of the headers option', async () => {
  const headers = { 'Content-Type': 'application/json' }
  const { requests } = await ask({ headers, body: bytes })
  expect(requests[0]?.headers['content-type']).toBe('application/json')
})

it('calls the headers function once more after a 401, with the error', async () => {
  const isFresh = { header: 'Authorization', equals: 'Bearer 2' }
  const stream = await openStream({ if: isFresh, give: one, else: 401 })
  const contexts: RequestContext[] = []
  const headers = (context: RequestContext) => {
    contexts.push(context)
    return { Authorization: `Bearer ${contexts.length}` }
  }
  const { untilMessage } = await follow(stream, { transport: workerTransport({ headers }) })
  await untilMessage('1')
  expect(contexts).toMatchObject([
    { attempt: 0, error: null, lastEventId: '' },
    { attempt: 0, error: { type: 'http', status: 401 }, lastEventId: '' },
  ])
  expect((await stream.log()).requests).toHaveLength(2)
})

it('does not retry a 401 with constant headers', async () => {
  const stream = await openStream(401)
  const transport = workerTransport({ headers: { Authorization: 'Bearer 1' } })
  const { log } = await follow(stream, { transport })
  await log.until(({ status }) => status === 'closed')
  expect(log.latest).toMatchObject({ reason: 'failed', error: { type: 'http', status: 401 } })
  expect((await stream.log()).requests).toHaveLength(1)
})

it('fails with the error of the headers function', async () => {
  const stream = await openStream({})
  const headers = () => Promise.reject(new Error('no token'))
  const { log } = await follow(stream, { transport: workerTransport({ headers }), retry: false })
  await log.until(({ status }) => status === 'closed')
  expect(log.latest.error).toMatchObject({
    type: 'network',
    message: 'The request failed: Error: no token',
    cause: { message: 'no token' },
  })
  expect((await stream.log()).requests).toHaveLength(0)
})

async function ask(options: WorkerTransportOptions) {
  const stream = await openStream(one)
  const { untilMessage } = await follow(stream, { transport: workerTransport(options) })
  await untilMessage('1')
  return stream.log()
}
