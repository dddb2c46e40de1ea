// @vitest-environment node
import { EventSourceError, type TransportRequest } from 'use-event-source/core'
import { type Fetch, fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { workerTransport } from 'use-event-source/worker'
import { describe, expect, it, vi } from 'vitest'
import type { Call } from '../../src/worker/messages.ts'
import { serve, type ThreadScope } from '../../src/worker/serve.ts'
import { requestOf } from '../support/requestOf.ts'
import { createSinkLog } from './support/createSinkLog.ts'
import { expectNoSecrets } from './support/expectNoSecrets.ts'
import { settle } from './support/settle.ts'
import { streamOf } from './support/streamOf.ts'

const SECRET = 's3cret'
/** The value of the header that the userinfo becomes. */
const ENCODED = btoa(`${SECRET}:${SECRET}`)

/** The userinfo and the query are secret, and the port is closed. */
const url = `http://${SECRET}:${SECRET}@127.0.0.1:1/stream?token=${SECRET}`
const sent = `http://127.0.0.1:1/stream?token=${SECRET}`
const headers = { Authorization: `Bearer ${SECRET}`, 'X-Api-Key': SECRET }
const STREAM = { 'Content-Type': 'text/event-stream' }

const answer =
  (status: number, headers: HeadersInit = {}, body = () => streamOf()): Fetch =>
  async () => ({ status, url: sent, headers: new Headers(headers), body: body() })

const rejection =
  (message: string, cause?: unknown): Fetch =>
  () =>
    Promise.reject(new TypeError(message, { cause }))

type Case = [string, FetchTransportOptions, Partial<TransportRequest>?]

/** Every error of the fetch transport. */
const cases: Case[] = [
  ['a url that does not parse', {}, { url: `http://[?token=${SECRET}` }],
  ['a relative url', {}, { url: `/stream?token=${SECRET}` }],
  ['another scheme', {}, { url: `ftp://${SECRET}@example.com/?token=${SECRET}` }],
  ['a header with a line break', { headers: { 'X-Api-Key': `${SECRET}\n1` } }],
  ['a header beyond Latin-1', { headers: () => ({ 'X-Api-Key': `${SECRET}名` }) }],
  ['a header with a bad name', { headers: { [`not a name ${SECRET}`]: SECRET } }],
  ['an id with a line break', {}, { lastEventId: `${SECRET}\n` }],
  ['a forbidden method', { method: 'TRACE' }],
  ['a GET with a body', { method: 'GET', body: SECRET }],
  ['a body that was read', { body: lockedStream() }],
  ['a port that is closed', {}],
  ['an unreachable host', {}, { url: `http://${SECRET}@host.invalid/?token=${SECRET}` }],
  [
    'a body that never begins',
    { fetch: async () => ({ ...(await answer(200, STREAM)('', {})), body: null }) },
  ],
  ['a status', { fetch: answer(404) }],
  ['a redirect', { redirect: 'error', fetch: answer(302, { Location: url }) }],
  ['a redirect in a browser', { redirect: 'error', fetch: answer(0) }],
  ['a wrong type', { fetch: answer(200, { 'Content-Type': 'text/html' }) }],
  ['the end of the stream', { fetch: answer(200, STREAM) }],
  ['a stream that breaks off', { fetch: answer(200, STREAM, brokenStream) }],
  [
    'a long event',
    { maxBufferSize: 1, fetch: answer(200, STREAM, () => streamOf(`data: ${SECRET}\n`)) },
  ],
  // What platforms and libraries say.
  ['Node', { fetch: rejection(`Failed to parse URL from ${sent}`, new TypeError('Invalid URL')) }],
  ['Node, at a relative url', { fetch: rejection(`Failed to parse URL from /stream?${SECRET}`) }],
  [
    'Chromium',
    {
      fetch: rejection(
        `Request cannot be constructed from a URL that includes credentials: ${url}`,
      ),
    },
  ],
  ['Deno', { fetch: rejection(`error sending request for url (${sent}): client error (Connect)`) }],
  ['node-fetch', { fetch: rejection(`request to ${sent} failed, reason: ECONNREFUSED`) }],
  ['a cause', { fetch: rejection('fetch failed', new Error(`no answer from ${url}`)) }],
]

describe('an error of the fetch transport holds no secret', () => {
  it.each(cases)('%s', async (_, options, request) => {
    const { sink, calls } = createSinkLog()
    fetchTransport({ headers, ...options }).open(requestOf({ url, ...request }), sink)
    await vi.waitFor(() => expect(errorOf(calls)).toBeDefined())
    expectNoSecrets(errorOf(calls), SECRET, ENCODED)
  })
})

describe('an error of the worker transport holds no secret', () => {
  it.each(cases)('%s', async (_, { fetch, ...options }, request) => {
    if (fetch) vi.stubGlobal('fetch', fetch)
    const { sink, calls } = createSinkLog()
    workerTransport({ headers, ...options, worker: startThread }).open(
      requestOf({ url, ...request }),
      sink,
    )
    await vi.waitFor(() => expect(errorOf(calls)).toBeDefined())
    vi.unstubAllGlobals()
    expectNoSecrets(errorOf(calls), SECRET, ENCODED)
  })
})

it('finds a secret in a cause, where it looks', () => {
  const cause = new Error('outer', { cause: { errors: [new Error(SECRET)] } })
  const error = new EventSourceError('network', 'lost', { cause })
  expect(() => expectNoSecrets(error, SECRET)).toThrow(SECRET)
})

it('keeps the message and the cause of fetch where they hold no secret', async () => {
  const { sink, calls } = createSinkLog()
  const fetch = rejection('fetch failed', new Error('connect ECONNREFUSED 127.0.0.1:1. Why? See'))
  fetchTransport({ fetch }).open(requestOf({ url }), sink)
  await settle()
  expect(errorOf(calls)).toMatchObject({
    message: 'The request failed: TypeError: fetch failed',
    cause: { message: 'fetch failed' },
  })
})

it('keeps what a function of the user throws, whatever it says', async () => {
  const { sink, calls } = createSinkLog()
  const cause = new Error('no token from https://auth.test/?client=1')
  fetchTransport({ headers: () => Promise.reject(cause) }).open(requestOf(), sink)
  await settle()
  expect(errorOf(calls)).toMatchObject({ message: `The request failed: ${cause}`, cause })
})

function errorOf(calls: readonly (readonly unknown[])[]): unknown {
  return calls.find(([name]) => name === 'fail' || name === 'end')?.[1]
}

function brokenStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull: (controller) => controller.error(new TypeError('terminated')),
  })
}

function lockedStream(): ReadableStream {
  const stream = streamOf(SECRET)
  stream.getReader()
  return stream
}

/** A worker without a thread of its own. Messages are cloned on the way, as between threads. */
function startThread(): Worker {
  const worker = {
    onmessage: null as ((event: { data: Call[] }) => void) | null,
    postMessage: (data: unknown) =>
      void Promise.resolve(structuredClone(data)).then((cloned) =>
        scope.onmessage?.({ data: cloned as never }),
      ),
    terminate() {},
  }
  const scope: ThreadScope = {
    onmessage: null,
    postMessage: (calls) => worker.onmessage?.({ data: structuredClone(calls) as Call[] }),
  }
  serve(scope)
  return worker as unknown as Worker
}
