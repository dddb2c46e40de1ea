import { nativeTransport, text } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import { describe, expect, it } from 'vitest'
import type { Reply, Step } from '../../support/server/script.ts'
import { createLog } from '../support/createLog.ts'
import { numbers } from '../support/numbers.ts'
import { openStream } from '../support/openStream.ts'
import { Probe, type Seen } from '../support/Probe.tsx'
import { render } from '../support/render.tsx'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow, soon } from './support/follow.tsx'

const lastEventIdParam = 'lastEventId'

const ways = [
  ['the fetch transport', fetchTransport()],
  ['the native transport', nativeTransport({ lastEventIdParam })],
] as const

/** Unusual data, each followed by a good event. */
const oddities: [string, Step[]][] = [
  ['100,000 comments', [{ repeat: ': no more than this\n'.repeat(100), times: 1_000 }]],
  ['an empty line 1,000,000 times', [{ repeat: '\n'.repeat(10_000), times: 100 }]],
  ['every possible byte', [{ write: [...numbers(0, 255), '\n\n'] }]],
  ['bytes that are not UTF-8', [{ write: ['x', 0xff, 0xc3, ': ', 0xe6, 0x97, '\n\n'] }]],
  ['an unknown field of 1 MB', [{ write: `${'x'.repeat(2 ** 20)}: y\n\n` }]],
  [
    'a comment of 10 MB',
    [{ write: ':' }, { repeat: 'x'.repeat(2 ** 20), times: 10 }, { write: '\n' }],
  ],
  ['an event of another name, 1 MB long', [{ send: { event: 'x'.repeat(2 ** 20), data: '0' } }]],
  ['10,000 events of other names', numbers(1, 100).map(hundredNames)],
  ['an HTML page', [{ write: '<!doctype html>\n<title>Log in</title>\n\n' }]],
  ['invalid retry fields', [{ write: 'retry: soon\nretry: -1\nretry\nretry: 1e3\n\n' }]],
]

function hundredNames(turn: number): Step {
  return { send: numbers(1, 100).map((n) => ({ event: `name ${turn * 100 + n}`, data: '0' })) }
}

/** The unfinished parts of an event at the end of the stream. */
const remains: [string, Step[]][] = [
  ['no further bytes', []],
  ['an id', [{ write: 'id: 4\n' }]],
  ['an event without its empty line', [{ write: 'id: 4\ndata: 4\n' }]],
  ['an event with half of a character', [{ write: ['id: 4\ndata: ', 0xe6, 0x97] }]],
  ['a carriage return', [{ write: 'id: 4\ndata: 4\r' }]],
]

expectNothingThrown()

describe.each(ways)('%s', (_, transport) => {
  it.each(oddities)('reads the event that follows %s', async (_, steps) => {
    const stream = await openStream({ body: [...steps, { send: { data: 'good' } }] })
    const { untilMessage, messages } = await follow(stream, { transport })
    await untilMessage('good')
    expect(messages()).toEqual(['good'])
    expect((await stream.log()).requests).toHaveLength(1)
  })

  it.each(remains)(
    'resumes after the last complete event when the stream ends with %s',
    async (_, left) => {
      const stream = await openStream(
        { body: [{ burst: { to: 3 } }, ...left, 'end'] },
        { body: [{ burst: { from: 'resume', to: 5 } }] },
      )
      const { untilMessage, messages } = await follow(stream, { transport })
      await untilMessage('5')
      expect(messages()).toEqual(['1', '2', '3', '4', '5'])
    },
  )

  it('shows the events of a gzip stream before the stream ends', async () => {
    const stream = await openStream({ gzip: true, body: [{ burst: { to: 3 } }] })
    const { log, untilMessage, messages } = await follow(stream, { transport })
    await untilMessage('3')
    await stream.play({ flood: { from: 4, to: 50 } })
    await untilMessage('50')
    expect(messages()).toEqual(numbers(1, 50).map(String))
    expect(log.latest.status).toBe('open')
  })

  it('reads a stream that comes byte by byte', async () => {
    const data = 'é日本😀'
    const stream = await openStream({
      body: [{ trickle: `: ${data}\r\n\r\ndata: ${data}\r\n\r\n` }],
    })
    const { untilMessage, messages } = await follow(stream, { transport })
    await untilMessage(data)
    expect(messages()).toEqual([data])
  })

  it('reads a message of 10 MB', async () => {
    const stream = await openStream({
      body: [{ write: 'data: ' }, { repeat: 'x'.repeat(2 ** 20), times: 10 }, { write: '\n\n' }],
    })
    const { log } = await follow(stream, { transport })
    const { data } = await log.until(({ data }) => data.message.length === 1)
    expect(data.message[0]?.length).toBe(10 * 2 ** 20)
  })

  it('reads an event with a name of 1 MB', async () => {
    const event = 'x'.repeat(2 ** 20)
    const channels = { long: text().from(event) }
    const stream = await openStream({ body: [{ send: { event, data: 'good' } }] })
    const log = createLog<Seen<typeof channels>>()
    await render(<Probe url={stream.url} events={channels} options={{ transport }} log={log} />)
    await log.until(({ data }) => data.long === 'good')
    expect(log.latest.status).toBe('open')
  })

  it('resumes after an id of 64 KB', async () => {
    const id = 'x'.repeat(2 ** 16)
    const stream = await openStream(
      { body: [{ send: { id, data: '1' } }, 'end'] },
      { body: [{ send: { id: '2', data: '2' } }] },
    )
    const { untilMessage } = await follow(stream, { transport })
    await untilMessage('2')
    const [, resumed] = (await stream.log()).requests
    const inQuery = new URL(resumed?.url ?? '', stream.url).searchParams.get(lastEventIdParam)
    expect(resumed?.lastEventId ?? inQuery).toBe(id)
  })

  it('reconnects after streams that end before their first event', async () => {
    const empty: Reply = { body: ['end'] }
    const stream = await openStream(empty, empty, empty, { body: [{ burst: { to: 3 } }] })
    const { log, untilMessage, messages } = await follow(stream, { transport })
    await log.until(({ attempt }) => attempt === 3)
    await untilMessage('3')
    expect(messages()).toEqual(['1', '2', '3'])
    expect((await stream.log()).requests).toHaveLength(4)
  })
})

it('the native transport retries by the policy when an id is larger than the server accepts', async () => {
  const id = 'x'.repeat(2 ** 21)
  const stream = await openStream({ body: [{ send: { id, data: '1' } }, 'end'] })
  const { log, messages } = await follow(stream, {
    transport: nativeTransport({ lastEventIdParam }),
    retry: { ...soon, maxAttempts: 3 },
  })
  await log.until(({ status }) => status === 'closed')
  expect(messages()).toEqual(['1'])
  expect(log.latest).toMatchObject({ reason: 'failed', error: { type: 'network', attempt: 4 } })
  // Node rejects such a request before the server can record it.
  expect(await stream.until({ open: 0 })).toMatchObject({ requests: [{}] })
})

it('the fetch transport comes back without an id that is larger than the server accepts', async () => {
  const id = 'x'.repeat(2 ** 21)
  const stream = await openStream(
    { body: [{ send: { id, data: '1' } }, 'end'] },
    { body: [{ send: { id: '2', data: '2' } }] },
  )
  const { untilMessage, messages } = await follow(stream, { transport: fetchTransport() })
  await untilMessage('2')
  expect(messages()).toEqual(['1', '2'])
  // Node rejects a request with this id before the server can record it.
  const { requests } = await stream.until({ open: 1 })
  expect(requests.map(({ lastEventId }) => lastEventId)).toEqual([null, null])
})
