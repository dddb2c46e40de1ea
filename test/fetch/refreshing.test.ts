// @vitest-environment node
import { EventSourceError } from 'use-event-source/core'
import { fetchTransport, type RequestContext, type RequestHeaders } from 'use-event-source/fetch'
import { describe, expect, it, vi } from 'vitest'
import { openStream } from './support/openStream.ts'
import { settle } from './support/settle.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }

describe('a 401 with a header function', () => {
  it('leads to fresh headers and one more request, in the same attempt', async () => {
    const { headers, contexts } = rotatingHeaders()
    const { server, connection, errors, states } = await openStream({ headers })
    expect(server.latest().headers.get('Authorization')).toBe('token 1')
    server.latest().respond(401, JSON_TYPE)
    server.latest().write('"expired"')
    server.latest().end()
    await settle()
    expect(server.requests).toHaveLength(2)
    expect(server.latest().headers.get('Authorization')).toBe('token 2')
    expect(contexts).toHaveLength(2)
    const [first, second] = contexts
    expect(first).toEqual({ attempt: 0, error: null, lastEventId: '' })
    expect(second).toMatchObject({ attempt: 0, lastEventId: '' })
    expect(second?.error).toBeInstanceOf(EventSourceError)
    expect(second?.error).toMatchObject({ type: 'http', status: 401, body: '"expired"' })
    server.latest().respond()
    await settle()
    expect(connection.getSnapshot().status).toBe('open')
    expect(states.map(({ status }) => status)).toEqual(['open'])
    expect(errors).toEqual([])
  })

  it('leads to a fresh body too', async () => {
    const body = vi.fn(({ error }: RequestContext) => (error ? 'second' : 'first'))
    const { server } = await openStream({ headers: () => ({}), body })
    server.latest().respond(401, {})
    server.latest().end()
    await settle()
    expect(server.requests.map(({ init }) => init.body)).toEqual(['first', 'second'])
  })

  it('closes the connection if the refreshed request gets one too', async () => {
    const { headers, contexts } = rotatingHeaders()
    const { server, connection, errors, pass } = await openStream({ headers }, { retry: {} })
    for (const token of ['token 1', 'token 2']) {
      expect(server.latest().headers.get('Authorization')).toBe(token)
      server.latest().respond(401, {})
      server.latest().end()
      await settle()
    }
    expect(connection.getSnapshot()).toMatchObject({
      status: 'closed',
      reason: 'failed',
      error: { type: 'http', status: 401 },
    })
    expect(errors).toHaveLength(1)
    await pass(3_600_000)
    expect(server.requests).toHaveLength(2)
    expect(contexts).toHaveLength(2)
  })

  it('can be followed by reconnect(), which counts as a first attempt', async () => {
    const { headers, contexts } = rotatingHeaders()
    const { server, connection } = await openStream({ headers })
    for (const _ of [1, 2]) {
      server.latest().respond(401, {})
      server.latest().end()
      await settle()
    }
    connection.reconnect()
    await settle()
    expect(contexts.at(-1)).toEqual({ attempt: 0, error: null, lastEventId: '' })
    server.latest().respond(401, {})
    server.latest().end()
    await settle()
    expect(server.requests).toHaveLength(4)
  })

  it('is left to the retry policy if the second response is transient', async () => {
    const { headers, contexts } = rotatingHeaders()
    const { server, connection, pass } = await openStream({ headers }, { retry: { jitter: false } })
    server.latest().respond(401, {})
    server.latest().end()
    await settle()
    server.latest().respond(503, {})
    server.latest().end()
    await settle()
    expect(connection.getSnapshot()).toMatchObject({ status: 'reconnecting', attempt: 1 })
    await pass(1_000)
    expect(server.requests).toHaveLength(3)
    expect(contexts.at(-1)).toMatchObject({ attempt: 1, error: { status: 503 } })
    // Each attempt can refresh once.
    server.latest().respond(401, {})
    server.latest().end()
    await settle()
    expect(server.requests).toHaveLength(4)
    expect(contexts.at(-1)).toMatchObject({ attempt: 1, error: { status: 401 } })
  })

  it('refreshes before the end of a long response', async () => {
    const { headers } = rotatingHeaders()
    const { server } = await openStream({ headers })
    server.latest().respond(401, {})
    server.latest().write('x'.repeat(1_001))
    await settle()
    expect(server.requests.map(({ phase }) => phase)).toEqual(['cancelled', 'pending'])
  })
})

describe('refreshOn', () => {
  it.each([
    [401, undefined, 2],
    [403, undefined, 1],
    [404, undefined, 1],
    [503, undefined, 1],
    [401, [401, 403], 2],
    [403, [401, 403], 2],
    [403, [401], 1],
    [401, [], 1],
    [401, [419], 1],
    [419, [419], 2],
  ])('for a %i with the value %j leads to %i request(s)', async (status, refreshOn, count) => {
    const { headers, contexts } = rotatingHeaders()
    const { server } = await openStream({ headers, refreshOn: refreshOn as number[] | undefined })
    server.latest().respond(status, {})
    server.latest().end()
    await settle()
    expect(server.requests).toHaveLength(count)
    expect(contexts).toHaveLength(count)
  })

  it('has no effect on plain headers: a 401 is final', async () => {
    const { server, connection, pass } = await openStream(
      { headers: { Authorization: 'token' }, body: () => null },
      { retry: {} },
    )
    server.latest().respond(401, {})
    server.latest().end()
    await settle()
    expect(connection.getSnapshot()).toMatchObject({ reason: 'failed', error: { status: 401 } })
    await pass(3_600_000)
    expect(server.requests).toHaveLength(1)
  })

  it('has no effect on a 2xx', async () => {
    const { headers, contexts } = rotatingHeaders()
    const { server } = await openStream({ headers, refreshOn: [200, 204] })
    server.latest().respond()
    await settle()
    expect(contexts).toHaveLength(1)
  })
})

describe('a header function', () => {
  it('gives each attempt its own token, after an open stream too', async () => {
    const { headers, contexts } = rotatingHeaders()
    const { server, pass } = await openStream({ headers }, { retry: { jitter: false } })
    server.latest().respond()
    server.latest().write('id: 7\ndata\n\n')
    await settle()
    server.latest().error()
    await settle()
    await pass(1_000)
    expect(server.latest().headers.get('Authorization')).toBe('token 2')
    expect(contexts.at(-1)).toMatchObject({
      attempt: 1,
      error: { type: 'network' },
      lastEventId: '7',
    })
  })

  it('that rejects is retried by the retry policy', async () => {
    let isBroken = true
    const headers = async (): Promise<RequestHeaders> => {
      if (isBroken) throw new Error('no session')
      return { Authorization: 'token' }
    }
    const { server, connection, errors, pass } = await openStream(
      { headers },
      { retry: { jitter: false } },
    )
    expect(connection.getSnapshot()).toMatchObject({
      status: 'reconnecting',
      attempt: 1,
      error: { type: 'network', cause: new Error('no session') },
    })
    await pass(1_000)
    expect(errors.map(({ attempt }) => attempt)).toEqual([1, 2])
    isBroken = false
    await pass(2_000)
    expect(server.requests).toHaveLength(1)
    expect(server.latest().headers.get('Authorization')).toBe('token')
  })

  it('that rejects during a refresh is retried too', async () => {
    const headers = async ({ error }: RequestContext): Promise<RequestHeaders> => {
      if (error?.status === 401) throw new Error('no session')
      return {}
    }
    const { server, connection, pass } = await openStream({ headers }, { retry: { jitter: false } })
    server.latest().respond(401, {})
    server.latest().end()
    await settle()
    expect(connection.getSnapshot()).toMatchObject({ error: { cause: new Error('no session') } })
    await pass(1_000)
    expect(server.requests).toHaveLength(2)
  })

  it('that never resolves is ended by connectTimeout', async () => {
    const pending: ((headers: RequestHeaders) => void)[] = []
    const headers = (): Promise<RequestHeaders> => new Promise((resolve) => pending.push(resolve))
    const { server, connection, pass } = await openStream(
      { headers },
      { retry: { jitter: false }, connectTimeout: 3_000 },
    )
    expect(pending).toHaveLength(1)
    await pass(2_999)
    expect(connection.getSnapshot().status).toBe('connecting')
    await pass(1)
    expect(connection.getSnapshot()).toMatchObject({
      status: 'reconnecting',
      error: { type: 'timeout' },
    })
    pending[0]?.({})
    await settle()
    expect(server.requests).toEqual([])
    await pass(1_000)
    pending[1]?.({})
    await settle()
    expect(server.requests).toHaveLength(1)
  })

  it('that never resolves during a refresh is ended by connectTimeout too', async () => {
    const headers = ({ error }: RequestContext): RequestHeaders | Promise<RequestHeaders> =>
      error ? new Promise(() => {}) : {}
    const { server, connection, pass } = await openStream({ headers }, { connectTimeout: 3_000 })
    server.latest().respond(401, {})
    server.latest().end()
    await settle()
    await pass(3_000)
    expect(connection.getSnapshot()).toMatchObject({ error: { type: 'timeout' } })
  })
})

describe('a new transport', () => {
  it('is used from the next attempt on, with its functions', async () => {
    const { server, options, pass } = await openStream(
      { headers: () => ({ Authorization: 'first' }) },
      { retry: { jitter: false } },
    )
    const headers = (): RequestHeaders => ({ Authorization: 'second' })
    options.transport = fetchTransport({ fetch: server.fetch, headers })
    server.latest().respond()
    await settle()
    expect(server.requests).toHaveLength(1)
    server.latest().end()
    await settle()
    await pass(1_000)
    expect(server.requests.map((request) => request.headers.get('Authorization'))).toEqual([
      'first',
      'second',
    ])
  })
})

/** A header function that returns another token each time, and the contexts of its calls. */
function rotatingHeaders() {
  const contexts: RequestContext[] = []
  const headers = (context: RequestContext): RequestHeaders => {
    contexts.push(context)
    return { Authorization: `token ${contexts.length}` }
  }
  return { headers, contexts }
}
