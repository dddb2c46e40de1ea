import { beforeEach, expect, it, vi } from 'vitest'
import type { Call, OwnParts, ToPage, ToThread } from '../../src/worker/messages.ts'
import { unpack } from '../../src/worker/pack.ts'
import { type Scope, serve } from '../../src/worker/serve.ts'
import type { ScriptedFetch } from '../fetch/support/createScriptedFetch.ts'
import { settle } from '../fetch/support/settle.ts'
import { stubFetch } from '../fetch/support/stubFetch.ts'
import { requestOf } from '../support/requestOf.ts'

const MEBI = 2 ** 20
const PIECES = 30
const none: OwnParts = { headers: [], body: null, contentType: null }
const request = requestOf()

let server: ScriptedFetch

beforeEach(() => {
  server = stubFetch()
})

it('asks for headers and body before it makes the request', async () => {
  const thread = await start()
  expect(thread.calls()).toEqual([['ask', null]])
  expect(server.requests).toHaveLength(0)
  await thread.tell({ ...none, headers: [['X-Tenant', '7']], body: 'hello' })
  expect(server.latest().headers.get('X-Tenant')).toBe('7')
  expect(server.latest().init.body).toBe('hello')
})

it('says what kind of body it is, unless the headers do', async () => {
  const thread = await start()
  await thread.tell({ ...none, contentType: 'multipart/form-data; boundary=aB' })
  expect(server.latest().headers.get('Content-Type')).toBe('multipart/form-data; boundary=aB')

  const other = await start()
  const headers: [string, string][] = [['content-type', 'a/b']]
  await other.tell({ ...none, headers, contentType: 'multipart/form-data; boundary=aB' })
  expect(server.latest().headers.get('Content-Type')).toBe('a/b')
})

it('asks again after a 401, and says why', async () => {
  const thread = await start()
  await thread.tell(none)
  server.latest().respond(401)
  server.latest().end()
  await settle()
  expect(thread.calls()).toMatchObject([
    ['ask', null],
    ['ask', { type: 'http', status: 401 }],
  ])
  await thread.tell({ ...none, headers: [['Authorization', 'Bearer 2']] })
  expect(server.latest().headers.get('Authorization')).toBe('Bearer 2')
})

it('says what broke the request', async () => {
  const thread = await start()
  await thread.tell(none)
  const cause = new TypeError('Failed to fetch')
  server.latest().reject(cause)
  await settle()
  const message = 'The request failed: TypeError: Failed to fetch'
  expect(thread.calls().at(-1)).toEqual([
    'fail',
    expect.objectContaining({ type: 'network', message, cause }),
    undefined,
  ])
})

it('reads no further than the page keeps up, and goes on when it does', async () => {
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
  await thread.tell(none)
  await settle()
  // What there is room for, and a few on the way.
  expect(pulled).toBeGreaterThanOrEqual(4)
  expect(pulled).toBeLessThan(10)
  const before = pulled
  await settle()
  expect(pulled).toBe(before)

  while (thread.calls().at(-1)?.[0] !== 'done') await thread.tell(null)
  expect(thread.lengths()).toEqual(Array.from({ length: PIECES }, () => MEBI))
  expect(pulled).toBe(PIECES)
})

/** Starts a thread whose page reads nothing, and orders a stream. */
async function start() {
  const messages: ToPage[] = []
  const scope: Scope = { onmessage: null, postMessage: (calls) => messages.push(calls) }
  serve(scope)
  const calls = (): Call[] => messages.flat()
  const tell = async (data: ToThread): Promise<void> => {
    scope.onmessage?.({ data })
    await settle()
  }
  await tell({ request, options: { method: 'GET' } })
  return {
    messages,
    calls,
    tell,
    /** How long the data of each event is that was told. */
    lengths: () =>
      calls().flatMap((call) =>
        call[0] === 'events' ? unpack(call[1]).map(({ data }) => data.length) : [],
      ),
  }
}
