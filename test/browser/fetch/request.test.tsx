import type { EventSourceOptions } from 'use-event-source'
import { createConnection, text } from 'use-event-source/core'
import { fetchTransport, type RequestContext } from 'use-event-source/fetch'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Answer } from '../../support/server/script.ts'
import { createLog } from '../support/createLog.ts'
import { numbers } from '../support/numbers.ts'
import { openStream, type TestStream } from '../support/openStream.ts'
import { Probe, type Seen } from '../support/Probe.tsx'
import { render } from '../support/render.tsx'
import { states } from '../support/states.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow } from './support/follow.tsx'

expectNothingThrown()

describe('headers', () => {
  it('of any name are sent to another origin', async () => {
    const stream = await openStream({})
    const headers = { Authorization: 'Bearer x', 'X-Tenant': '7' }
    await follow(stream, { transport: fetchTransport({ headers }) })
    const { requests } = await stream.until({ requests: 1 })
    expect(requests).toMatchObject([
      {
        method: 'GET',
        body: '',
        headers: {
          accept: 'text/event-stream',
          authorization: 'Bearer x',
          'x-tenant': '7',
          'cache-control': 'no-cache',
        },
      },
    ])
    expect(requests[0]?.lastEventId).toBeNull()
    expect(requests[0]?.headers).not.toHaveProperty('cookie')
  })

  it('come from a function that is called with the context of each attempt', async () => {
    const stream = await openStream(503, { body: [{ burst: { to: 3 } }] }, {})
    const contexts: RequestContext[] = []
    const headers = (context: RequestContext) => {
      contexts.push(context)
      return { Authorization: `Bearer ${contexts.length}` }
    }
    const { untilMessage } = await follow(stream, { transport: fetchTransport({ headers }) })
    await untilMessage('3')
    await stream.play('end')
    const { requests } = await stream.until({ requests: 3 })
    expect(requests.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer 1',
      'Bearer 2',
      'Bearer 3',
    ])
    expect(contexts).toMatchObject([
      { attempt: 0, error: null, lastEventId: '' },
      { attempt: 1, error: { type: 'http', status: 503 }, lastEventId: '' },
      { attempt: 1, error: { type: 'network' }, lastEventId: '3' },
    ])
  })

  it('are requested once more after a 401, for ten components', async () => {
    const good: Answer = { body: [{ burst: { to: 3 } }] }
    const isFresh = { header: 'Authorization', equals: 'Bearer 2' }
    const stream = await openStream({ if: isFresh, give: good, else: 401 })
    let calls = 0
    const headers = async () => ({ Authorization: `Bearer ${++calls}` })
    const channels = { message: text() }
    const log = createLog<Seen<typeof channels>>()
    const options = { transport: fetchTransport({ headers }) }
    const probes = numbers(1, 10).map((number) => (
      <Probe key={number} url={stream.url} events={channels} options={options} log={log} />
    ))
    await render(probes)
    await log.until(({ data }) => data.message === '3')
    expect(calls).toBe(2)
    expect(await stream.log()).toMatchObject({ requests: [{}, {}], open: 1 })
  })

  it('are not requested a third time after two 401s', async () => {
    const stream = await openStream(401)
    let calls = 0
    const headers = () => ({ Authorization: `Bearer ${++calls}` })
    const { log } = await follow(stream, { transport: fetchTransport({ headers }) })
    await log.until(({ status }) => status === 'closed')
    expect(log.latest).toMatchObject({ reason: 'failed', error: { type: 'http', status: 401 } })
    expect(calls).toBe(2)
    expect(await stream.until({ open: 0 })).toMatchObject({ requests: [{}, {}] })
  })
})

describe('cookies', () => {
  it.each<[string, EventSourceOptions, boolean]>([
    ['are not sent by default', { transport: fetchTransport() }, false],
    [
      'are not sent with credentials: omit',
      { transport: fetchTransport({ credentials: 'omit' }) },
      false,
    ],
    [
      'are sent with credentials: include',
      { transport: fetchTransport({ credentials: 'include' }) },
      true,
    ],
    ['are sent by withCredentials', { withCredentials: true, transport: fetchTransport() }, true],
    [
      'are not sent with credentials: omit, regardless of withCredentials',
      { withCredentials: true, transport: fetchTransport({ credentials: 'omit' }) },
      false,
    ],
  ])('%s', async (_, options, isSent) => {
    const stream = await openStream({})
    // A cookie belongs to a host, on all of its ports.
    const url = new URL(stream.url)
    url.hostname = location.hostname
    // biome-ignore lint/suspicious/noDocumentCookie: the other way is asynchronous
    document.cookie = 'session=1'
    onTestFinished(() => {
      document.cookie = 'session=; max-age=0'
    })
    const { log } = await follow({ url: url.href }, options)
    await log.until(({ status }) => status === 'open')
    const [request] = (await stream.log()).requests
    expect(request?.headers['cookie'] ?? '').toBe(isSent ? 'session=1' : '')
  })
})

describe('Last-Event-ID', () => {
  it.each(['é', '日本', '😀', 'plain', '1 2', '007', 'é 日本 😀'])('carries %s', async (id) => {
    const stream = await openStream({ body: [{ send: { id, data: '1' } }, 'end'] }, {})
    await follow(stream)
    const { requests } = await stream.until({ requests: 2 })
    expect(requests.map(({ lastEventId }) => lastEventId)).toEqual([null, id])
  })

  it('is sent from the first request on with the lastEventId option', async () => {
    const stream = await openStream({ body: [{ burst: { from: 'resume', to: 9 } }] })
    const { untilMessage, messages } = await follow(stream, { lastEventId: '7' })
    await untilMessage('9')
    expect(messages()).toEqual(['8', '9'])
  })

  it('is not sent once the server has cleared it', async () => {
    const events = [
      { id: '1', data: '1' },
      { id: '', data: '2' },
    ]
    const stream = await openStream({ body: [{ send: events }, 'end'] }, {})
    await follow(stream)
    const { requests } = await stream.until({ requests: 2 })
    expect(requests[1]?.headers).not.toHaveProperty('last-event-id')
  })
})

it('gives events the origin of the final url', async () => {
  const target = await openStream({ body: [{ burst: { to: 1 } }] })
  const stream = await openStream({ redirect: target.url })
  expect(await originOf(target)).toBe(new URL(target.url).origin)
  expect(await originOf(stream)).toBe(new URL(target.url).origin)
})

async function originOf({ url }: TestStream): Promise<string> {
  const origins = createLog<string>()
  const connection = createConnection(url, { transport: fetchTransport(), linger: 0 })
  const message = text().forEach((_, { origin }) => origins.add(origin))
  onTestFinished(connection.observe({ message }).subscribe(() => {}))
  return origins.until(() => true)
}

it('closes as done when the server answers 204', async () => {
  const stream = await openStream(204)
  const { log } = await follow(stream)
  await log.until(({ status }) => status === 'closed')
  expect(states(log.entries)).toEqual(['connecting', 'closed, done'])
  expect((await stream.until({ open: 0 })).requests).toHaveLength(1)
})

it('closes as done when the server answers 204 after a stream', async () => {
  const stream = await openStream({ body: [{ burst: { to: 3 } }, 'end'] }, 204)
  const { log, messages } = await follow(stream)
  await log.until(({ status }) => status === 'closed')
  expect(log.latest).toMatchObject({ reason: 'done', error: null })
  expect(messages()).toEqual(['1', '2', '3'])
  expect((await stream.until({ open: 0 })).requests).toHaveLength(2)
})
