import { EventSourceError, type TransportRequest } from 'use-event-source/core'
import { fetchTransport } from 'use-event-source/fetch'
import { workerTransport, type WorkerTransportOptions } from 'use-event-source/worker'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Call, ToThread } from '../../src/worker/messages.ts'
import type { ScriptedFetch } from '../fetch/support/createScriptedFetch.ts'
import { createSinkLog } from '../fetch/support/createSinkLog.ts'
import { settle } from '../fetch/support/settle.ts'
import { stubFetch } from '../fetch/support/stubFetch.ts'
import { requestOf } from '../support/requestOf.ts'

let server: ScriptedFetch

beforeEach(() => {
  server = stubFetch()
})

describe('what it is', () => {
  it('has a key of its own, which tells apart what that of fetch does', () => {
    const keys = [{}, { method: 'PUT' }, { body: 'a' }, { headers: { a: 'b' } }].map(
      (options) => workerTransport(options).key,
    )
    expect(new Set([...keys, fetchTransport().key]).size).toBe(5)
    expect(workerTransport({ worker: () => new FakeWorker() }).key).toBe(workerTransport().key)
  })

  it.each<[WorkerTransportOptions, boolean]>([
    [{}, false],
    [{ body: 'a' }, true],
    [{ method: 'GET' }, false],
  ])('with %j is made once: %s', (options, once) => {
    expect(workerTransport(options).once).toBe(once)
  })

  it('takes no buffer of less than a character', () => {
    expect(() => workerTransport({ maxBufferSize: 0 })).toThrow(RangeError)
  })
})

describe('where there is no worker', () => {
  it('reads here, as in Node', async () => {
    expect(globalThis).not.toHaveProperty('Worker')
    const { log } = open()
    await settle()
    server.latest().respond()
    server.latest().write('data: 1\n\n')
    await settle()
    expect(log.told()).toMatchObject([['open'], ['event', { data: '1' }]])
    expect(server.requests).toHaveLength(1)
  })

  it('throws where there is no fetch either', () => {
    vi.stubGlobal('fetch', undefined)
    expect(() => open()).toThrow('There is no fetch here')
  })

  it('reads here where the one that is given throws', async () => {
    const worker = (): Worker => {
      throw new Error('no')
    }
    open({ worker })
    await settle()
    expect(server.requests).toHaveLength(1)
  })

  it('reads here where it does not start, and ends it', async () => {
    const { worker, attempt } = open({}, new FakeWorker())
    worker.onerror?.(new ErrorEvent('error', { cancelable: true }))
    await settle()
    expect(worker.isTerminated).toBe(true)
    expect(server.requests).toHaveLength(1)
    attempt.close()
    expect(server.latest().phase).toBe('aborted')
  })

  it('says so where it does not start, and there is no fetch here', () => {
    vi.stubGlobal('fetch', undefined)
    const { worker, log } = open({}, new FakeWorker())
    worker.onerror?.(new ErrorEvent('error', { cancelable: true }))
    expect(log.told()).toMatchObject([['fail', { type: 'unsupported' }, true]])
  })

  it('asks for nothing once it is closed, whatever the worker does', async () => {
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

describe('in a worker', () => {
  it('has it make the request', async () => {
    const { worker } = open({ credentials: 'include' }, new FakeWorker())
    expect(worker.sent).toEqual([
      {
        request: { ...request, error: null },
        options: { method: 'GET', credentials: 'include', refreshOn: [] },
      },
    ])
    await settle()
    expect(server.requests).toHaveLength(0)
  })

  it('says of each message that it has arrived', () => {
    const { worker } = open({}, new FakeWorker())
    worker.tell(['alive'])
    worker.tell(['open'])
    expect(worker.sent.slice(1)).toEqual([null, null])
  })

  it('asks the functions what they make of the attempt, and of the error', async () => {
    const error = new EventSourceError('network', 'It was lost')
    const headers = vi.fn<() => Headers>(() => new Headers({ 'X-A': 'b' }))
    const body = vi.fn<() => URLSearchParams>(() => new URLSearchParams('a=b'))
    const { worker } = open({ headers, body }, new FakeWorker(), {
      error,
      attempt: 3,
      lastEventId: '7',
    })
    worker.tell(['ask', null])
    expect(headers).toHaveBeenLastCalledWith({ error, attempt: 3, lastEventId: '7' })
    expect(body).toHaveBeenLastCalledWith({ error, attempt: 3, lastEventId: '7' })
    await vi.waitFor(() => expect(worker.sent).toHaveLength(3))
    expect(worker.sent.at(-1)).toMatchObject({
      headers: [['x-a', 'b']],
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
    })
    worker.tell(['ask', { ...plain, type: 'http', message: 'no', status: 401 }])
    expect(headers).toHaveBeenLastCalledWith({
      error: expect.objectContaining({ type: 'http', status: 401 }) as unknown,
      attempt: 3,
      lastEventId: '7',
    })
    expect(worker.sent[0]).toMatchObject({ request: { error: null } })
  })

  it('fails as fetch does where such a function fails', async () => {
    const cause = new TypeError('no token')
    const headers = (): Promise<HeadersInit> => Promise.reject(cause)
    const { worker, log } = open({ headers }, new FakeWorker())
    worker.tell(['ask', null])
    await settle()
    const message = 'The request failed: TypeError: no token'
    expect(log.told()).toMatchObject([['fail', { type: 'network', message, cause }]])
  })

  it('tells errors with all that they say', () => {
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
    worker.tell(['fail', details, true])
    worker.tell(['drop', details])
    worker.tell(['done', details])
    worker.tell(['done', undefined])
    const error: unknown = expect.objectContaining(details)
    expect(log.told()).toEqual([
      ['fail', error, true],
      ['drop', error],
      ['done', error],
      ['done', undefined],
    ])
    expect(log.told()[0]?.[1]).toBeInstanceOf(EventSourceError)
  })

  it('fails where it breaks down later, and asks for nothing again', async () => {
    const { worker, log } = open({}, new FakeWorker())
    worker.tell(['open'])
    worker.onerror?.(new ErrorEvent('error', { message: 'out of memory', cancelable: true }))
    await settle()
    const message = 'The worker has failed: out of memory'
    expect(log.told()).toMatchObject([['open'], ['fail', { type: 'network', message }]])
    expect(server.requests).toHaveLength(0)
  })
})

const request = requestOf()

const plain = { status: undefined, body: undefined, retryAfter: undefined, cause: undefined }

/** Plays a worker: the test says what it tells. */
class FakeWorker extends EventTarget implements Worker {
  onmessage: Worker['onmessage'] = null
  onmessageerror: Worker['onmessageerror'] = null
  onerror: Worker['onerror'] = null
  readonly sent: ToThread[] = []
  isTerminated = false

  postMessage(message: ToThread): void {
    this.sent.push(message)
  }

  terminate(): void {
    this.isTerminated = true
  }

  tell(...calls: Call[]): void {
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
