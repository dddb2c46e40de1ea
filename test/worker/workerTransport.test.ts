import { EventSourceError, type TransportRequest } from 'use-event-source/core'
import { fetchTransport } from 'use-event-source/fetch'
import { workerTransport, type WorkerTransportOptions } from 'use-event-source/worker'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Call, MessageToThread } from '../../src/worker/messages.ts'
import type { ScriptedFetch } from '../fetch/support/createScriptedFetch.ts'
import { createSinkLog } from '../fetch/support/createSinkLog.ts'
import { settle } from '../fetch/support/settle.ts'
import { stubFetch } from '../fetch/support/stubFetch.ts'
import { requestOf } from '../support/requestOf.ts'

let server: ScriptedFetch

beforeEach(() => {
  server = stubFetch()
})

describe('the transport', () => {
  it('has its own key, which distinguishes the same streams as the key of fetch', () => {
    const keys = [
      {},
      { method: 'PUT' },
      { body: 'a' },
      { headers: { a: 'b' } },
      { lastEventIdParam: 'after' },
    ].map((options) => workerTransport(options).key)
    expect(new Set([...keys, fetchTransport().key]).size).toBe(6)
    expect(workerTransport({ worker: () => new FakeWorker() }).key).toBe(workerTransport().key)
  })

  it.each<[WorkerTransportOptions, boolean]>([
    [{}, false],
    [{ body: 'a' }, true],
    [{ method: 'GET' }, false],
  ])('with the options %j, has once: %s', (options, once) => {
    expect(workerTransport(options).once).toBe(once)
  })

  it('throws when maxBufferSize is below 1', () => {
    expect(() => workerTransport({ maxBufferSize: 0 })).toThrow(RangeError)
  })
})

describe('without a worker', () => {
  it('reads the stream in the page, as in Node', async () => {
    expect(globalThis).not.toHaveProperty('Worker')
    const { log } = open()
    await settle()
    server.latest().respond()
    server.latest().write('data: 1\n\n')
    await settle()
    expect(log.withoutAlive()).toMatchObject([['open'], ['event', { data: '1' }]])
    expect(server.requests).toHaveLength(1)
  })

  it('throws if there is no fetch either', () => {
    vi.stubGlobal('fetch', undefined)
    expect(() => open()).toThrow('There is no fetch here')
  })

  it('reads the stream in the page if the worker option throws', async () => {
    const worker = (): Worker => {
      throw new Error('no')
    }
    open({ worker })
    await settle()
    expect(server.requests).toHaveLength(1)
  })

  it('terminates a worker that does not start, and reads the stream in the page', async () => {
    const { worker, attempt } = open({}, new FakeWorker())
    worker.onerror?.(new ErrorEvent('error', { cancelable: true }))
    await settle()
    expect(worker.isTerminated).toBe(true)
    expect(server.requests).toHaveLength(1)
    attempt.close()
    expect(server.latest().phase).toBe('aborted')
  })

  it('fails if the worker does not start and the page has no fetch', () => {
    vi.stubGlobal('fetch', undefined)
    const { worker, log } = open({}, new FakeWorker())
    worker.onerror?.(new ErrorEvent('error', { cancelable: true }))
    expect(log.withoutAlive()).toMatchObject([['fail', { type: 'unsupported' }, true]])
  })

  it('terminates the worker when it is closed, and does not fall back to the page', async () => {
    const { worker, attempt } = open({}, new FakeWorker())
    const { onerror } = worker
    attempt.close()
    expect(worker.isTerminated).toBe(true)
    expect(worker.onerror).toBeNull()
    expect(onerror).not.toBeNull()
    await settle()
    expect(server.requests).toHaveLength(0)
  })
})

describe('a url that is not http', () => {
  it('is left to the page, which refuses it or requests it', async () => {
    const worker = new FakeWorker()
    const { log } = open({}, worker, { url: 'ftp://example.com/' })
    open({}, worker, { url: 'data:text/event-stream,' })
    await settle()
    expect(worker.sent).toEqual([])
    expect(log.calls).toMatchObject([['fail', { type: 'unsupported' }, true]])
    expect(server.requests).toMatchObject([{ url: 'data:text/event-stream,' }])
  })
})

describe('with a worker', () => {
  it('leaves the check of headers to the worker', async () => {
    const { worker, log } = open({ headers: { 'not a name': '名前' } }, new FakeWorker())
    worker.receive(['needParts', null])
    await settle()
    expect(worker.sent.at(-1)).toMatchObject({ headers: [['not a name', '名前']] })
    expect(log.withoutAlive()).toEqual([])
  })

  it.each([
    [{ 'X-A': 1 } as unknown as HeadersInit, [['X-A', '1']]],
    [new Map([['X-A', '1']]) as unknown as HeadersInit, [['X-A', '1']]],
    [undefined as unknown as HeadersInit, []],
  ])('sends headers given as %j', async (given, headers) => {
    const { worker } = open({ headers: () => given }, new FakeWorker())
    worker.receive(['needParts', null])
    await settle()
    expect(worker.sent.at(-1)).toMatchObject({ headers })
  })

  it('refuses for good a stream that has been read', async () => {
    const body = new ReadableStream()
    body.getReader()
    const { worker, log } = open({ body }, new FakeWorker())
    worker.receive(['needParts', null])
    await settle()
    const message = 'A stream can be read only once: give a function as body'
    expect(log.withoutAlive()).toMatchObject([['fail', { type: 'unsupported', message }, true]])
  })

  it('leaves the request to the worker', async () => {
    const options = {
      credentials: 'include',
      lastEventIdParam: 'after',
      dispatchIncomplete: true,
      redirect: 'error',
    } as const
    const { worker } = open(options, new FakeWorker())
    expect(worker.sent).toEqual([
      {
        request: { ...request, error: null },
        options: { ...options, method: 'GET', refreshOn: [] },
      },
    ])
    await settle()
    expect(server.requests).toHaveLength(0)
  })

  it('acknowledges each message', () => {
    const { worker } = open({}, new FakeWorker())
    worker.receive(['alive'])
    worker.receive(['open'])
    expect(worker.sent.slice(1)).toEqual([null, null])
  })

  it('calls header and body functions with the attempt, and with the error', async () => {
    const error = new EventSourceError('network', 'It was lost')
    const headers = vi.fn<() => Headers>(() => new Headers({ 'X-A': 'b' }))
    const body = vi.fn<() => URLSearchParams>(() => new URLSearchParams('a=b'))
    const { worker } = open({ headers, body }, new FakeWorker(), {
      error,
      attempt: 3,
      lastEventId: '7',
    })
    worker.receive(['needParts', null])
    expect(headers).toHaveBeenLastCalledWith({ error, attempt: 3, lastEventId: '7' })
    expect(body).toHaveBeenLastCalledWith({ error, attempt: 3, lastEventId: '7' })
    await vi.waitFor(() => expect(worker.sent).toHaveLength(3))
    expect(worker.sent.at(-1)).toMatchObject({
      headers: [['x-a', 'b']],
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
    })
    worker.receive(['needParts', { ...plain, type: 'http', message: 'no', status: 401 }])
    expect(headers).toHaveBeenLastCalledWith({
      error: expect.objectContaining({ type: 'http', status: 401 }) as unknown,
      attempt: 3,
      lastEventId: '7',
    })
    expect(worker.sent[0]).toMatchObject({ request: { error: null } })
  })

  it('fails as the fetch transport does when such a function rejects', async () => {
    const cause = new TypeError('no token')
    const headers = (): Promise<HeadersInit> => Promise.reject(cause)
    const { worker, log } = open({ headers }, new FakeWorker())
    worker.receive(['needParts', null])
    await settle()
    const message = 'The request failed: TypeError: no token'
    expect(log.withoutAlive()).toMatchObject([['fail', { type: 'network', message, cause }, false]])
  })

  it('restores errors with all of their fields', () => {
    const { worker, log } = open({}, new FakeWorker())
    const cause = new TypeError('lost')
    const details = {
      type: 'http',
      message: 'no',
      status: 503,
      body: '{}',
      retryAfter: 7,
      cause,
    } as const
    worker.receive(['fail', details, true])
    worker.receive(['drop', details])
    worker.receive(['end', details])
    worker.receive(['done'])
    const error: unknown = expect.objectContaining(details)
    expect(log.withoutAlive()).toEqual([
      ['fail', error, true],
      ['drop', error],
      ['end', error],
      ['done'],
    ])
    expect(log.withoutAlive()[0]?.[1]).toBeInstanceOf(EventSourceError)
  })

  it('fails when the worker fails later, and sends no request', async () => {
    const { worker, log } = open({}, new FakeWorker())
    worker.receive(['open'])
    worker.onerror?.(new ErrorEvent('error', { message: 'out of memory', cancelable: true }))
    await settle()
    const message = 'The worker has failed: out of memory'
    expect(log.withoutAlive()).toMatchObject([['open'], ['fail', { type: 'network', message }]])
    expect(server.requests).toHaveLength(0)
  })
})

const request = requestOf()

const plain = { status: undefined, body: undefined, retryAfter: undefined, cause: undefined }

/** A worker whose messages come from the test. */
class FakeWorker extends EventTarget implements Worker {
  onmessage: Worker['onmessage'] = null
  onmessageerror: Worker['onmessageerror'] = null
  onerror: Worker['onerror'] = null
  readonly sent: MessageToThread[] = []
  isTerminated = false

  postMessage(message: MessageToThread): void {
    this.sent.push(message)
  }

  terminate(): void {
    this.isTerminated = true
  }

  receive(...calls: Call[]): void {
    this.onmessage?.(new MessageEvent('message', { data: calls }))
  }
}

function open(
  options: WorkerTransportOptions = {},
  worker?: FakeWorker,
  given?: Partial<TransportRequest>,
) {
  const log = createSinkLog()
  const transport = workerTransport({ ...options, ...(worker && { worker: () => worker }) })
  const attempt = transport.open({ ...request, ...given }, log.sink)
  return { attempt, log, worker: worker as FakeWorker }
}
