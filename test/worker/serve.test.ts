import type { TransportRequest } from 'use-event-source/core'
import { beforeEach, expect, it, vi } from 'vitest'
import type {
  Call,
  RequestParts,
  MessageToPage,
  MessageToThread,
  StartMessage,
} from '../../src/worker/messages.ts'
import { unpack } from '../../src/worker/pack.ts'
import { type ThreadScope, serve } from '../../src/worker/serve.ts'
import type { ScriptedFetch } from '../fetch/support/createScriptedFetch.ts'
import { settle } from '../fetch/support/settle.ts'
import { stubFetch } from '../fetch/support/stubFetch.ts'
import { requestOf } from '../support/requestOf.ts'

const MEBI = 2 ** 20
const PIECES = 30
const noParts: RequestParts = { headers: [], body: null, contentType: null }

let server: ScriptedFetch

beforeEach(() => {
  server = stubFetch()
})

it('gets headers and body from the page before it sends the request', async () => {
  const thread = await start()
  expect(thread.calls()).toEqual([['needParts', null]])
  expect(server.requests).toHaveLength(0)
  await thread.send({ ...noParts, headers: [['X-Tenant', '7']], body: 'hello' })
  expect(server.latest().headers.get('X-Tenant')).toBe('7')
  expect(server.latest().init.body).toBe('hello')
})

it('sends the content type of the body, unless the headers have one', async () => {
  const thread = await start()
  await thread.send({ ...noParts, contentType: 'multipart/form-data; boundary=aB' })
  expect(server.latest().headers.get('Content-Type')).toBe('multipart/form-data; boundary=aB')

  const other = await start()
  const headers: [string, string][] = [['content-type', 'a/b']]
  await other.send({ ...noParts, headers, contentType: 'multipart/form-data; boundary=aB' })
  expect(server.latest().headers.get('Content-Type')).toBe('a/b')
})

it('gets fresh headers after a 401, and passes the error on', async () => {
  const thread = await start()
  await thread.send(noParts)
  server.latest().respond(401)
  server.latest().end()
  await settle()
  expect(thread.calls()).toMatchObject([
    ['needParts', null],
    ['needParts', { type: 'http', status: 401 }],
  ])
  await thread.send({ ...noParts, headers: [['Authorization', 'Bearer 2']] })
  expect(server.latest().headers.get('Authorization')).toBe('Bearer 2')
})

it('reports the cause of a request that fails', async () => {
  const thread = await start()
  await thread.send(noParts)
  const cause = new TypeError('Failed to fetch')
  server.latest().reject(cause)
  await settle()
  const message = 'The request failed: TypeError: Failed to fetch'
  expect(thread.calls().at(-1)).toEqual([
    'fail',
    expect.objectContaining({ type: 'network', message, cause }),
    false,
  ])
})

it('refuses invalid headers for good', async () => {
  const thread = await start()
  await thread.send({ ...noParts, headers: [['X-A', '1\n2']] })
  const error: unknown = expect.objectContaining({ type: 'unsupported' })
  expect(thread.calls().at(-1)).toEqual(['fail', error, true])
  expect(server.requests).toHaveLength(0)
})

it('sends the userinfo of the url as Basic credentials', async () => {
  const thread = await start({ url: 'https://user:secret@example.com/' })
  await thread.send(noParts)
  expect(server.latest().url).toBe('https://example.com/')
  expect(server.latest().headers.get('Authorization')).toBe(`Basic ${btoa('user:secret')}`)
})

it('drops an id that the server refuses, and then fails', async () => {
  const thread = await start({ lastEventId: '7' })
  await thread.send(noParts)
  server.latest().respond(431, {})
  await settle()
  const error: unknown = expect.objectContaining({ type: 'http', status: 431 })
  expect(thread.calls().slice(1)).toEqual([
    ['id', ''],
    ['fail', error, false],
  ])
})

it('refuses redirects if it should', async () => {
  const thread = await start({}, { redirect: 'error' })
  await thread.send(noParts)
  expect(server.latest().init.redirect).toBe('manual')
})

it('stops reading while the page is busy, and continues afterwards', async () => {
  const piece = new TextEncoder().encode(`data: ${'x'.repeat(MEBI)}\n\n`)
  let pulled = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(piece)
      if (++pulled === PIECES) controller.close()
    },
  })
  const headers = new Headers({ 'Content-Type': 'text/event-stream' })
  vi.stubGlobal('fetch', async () => ({ status: 200, url: '', headers, body }))
  const thread = await start()
  await thread.send(noParts)
  await settle()
  // As many as there is room for, and a few more in the streams between.
  expect(pulled).toBeGreaterThanOrEqual(4)
  expect(pulled).toBeLessThan(10)
  const before = pulled
  await settle()
  expect(pulled).toBe(before)

  while (thread.calls().at(-1)?.[0] !== 'end') await thread.send(null)
  expect(thread.lengths()).toEqual(Array.from({ length: PIECES }, () => MEBI))
  expect(pulled).toBe(PIECES)
})

/** Starts a thread that reads a stream, for a page that acknowledges nothing by itself. */
async function start(
  given: Partial<TransportRequest> = {},
  options: Partial<StartMessage['options']> = {},
) {
  const messages: MessageToPage[] = []
  const scope: ThreadScope = { onmessage: null, postMessage: (calls) => messages.push(calls) }
  serve(scope)
  const calls = (): Call[] => messages.flat()
  const send = async (data: MessageToThread): Promise<void> => {
    scope.onmessage?.({ data })
    await settle()
  }
  await send({ request: requestOf(given), options: { method: 'POST', ...options } })
  return {
    messages,
    calls,
    send,
    /** The length of each event's data. */
    lengths: () =>
      calls().flatMap((call) =>
        call[0] === 'events' ? unpack(call[1]).map(({ data }) => data.length) : [],
      ),
  }
}
