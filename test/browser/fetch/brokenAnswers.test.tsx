import { nativeTransport } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../support/server/script.ts'
import { openStream } from '../support/openStream.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow } from './support/follow.tsx'

const ways = [
  ['the fetch transport', fetchTransport()],
  ['the native transport', nativeTransport({ lastEventIdParam: 'lastEventId' })],
] as const

const event = 'id: 1\ndata: 1\n\n'

const head = [
  'HTTP/1.1 200 OK',
  'Content-Type: text/event-stream',
  'Access-Control-Allow-Origin: *',
  'Transfer-Encoding: chunked',
  '',
  event.length.toString(16),
  event,
].join('\r\n')

/** Answers that break off before the first event, or are not HTTP. */
const headless: [string, Answer][] = [
  ['is reset', 'reset'],
  ['is empty: the connection closes', { raw: '' }],
  ['is not HTTP', { raw: 'event: message\n\n' }],
  ['has an invalid status line', { raw: 'HTTP/1.1 OK\r\n\r\n' }],
  ['ends in the middle of its headers', { raw: 'HTTP/1.1 200 OK\r\nContent-Type: text/ev' }],
  ['has a header of 300 KB', { headers: { 'X-Huge': 'x'.repeat(300_000) } }],
  [
    'claims to be compressed, and is not',
    // Chromium drains an abandoned answer for up to 5 s, unless its connection cannot be reused.
    { headers: { 'Content-Encoding': 'gzip', Connection: 'close' }, body: [{ write: event }] },
  ],
  ['redirects in a loop', { redirect: '' }],
  ['redirects to a closed port', { redirect: 'http://127.0.0.1:1/' }],
]

/** Answers that break off after a first event. */
const broken: [string, Answer][] = [
  ['has an invalid chunk', { raw: `${head}\r\nnonsense\r\nid: 2\r\n` }],
  ['has no last chunk', { raw: `${head}\r\n` }],
  ['ends in the middle of a chunk', { raw: `${head}\r\nff\r\nid: 2\ndata: 2` }],
  [
    'is longer than it says',
    { headers: { 'Content-Length': '20' }, body: [{ burst: { to: 3 } }, 'end'] },
  ],
  [
    'is shorter than it says',
    { headers: { 'Content-Length': '1000' }, body: [{ write: event }, { write: 'id: 2' }, 'end'] },
  ],
]

expectNothingThrown()

describe.each(ways)('%s', (_, transport) => {
  it.each(headless)('reconnects after an answer that %s', async (_, answer) => {
    const stream = await openStream(answer)
    const { log, untilMessage, messages } = await follow(stream, { transport })
    const lost = await log.until(({ attempt }) => attempt === 2)
    expect(lost).toMatchObject({ status: 'reconnecting', error: { type: 'network', attempt: 2 } })
    await stream.answer({ body: [{ burst: { to: 3 } }] })
    await untilMessage('3')
    expect(messages()).toEqual(['1', '2', '3'])
    expect(log.latest).toMatchObject({ status: 'open', error: null })
    await stream.until({ open: 1 })
  })

  it.each(broken)('resumes after an answer that %s', async (_, answer) => {
    const stream = await openStream(answer, { body: [{ burst: { from: 'resume', to: 5 } }] })
    const { log, untilMessage, messages } = await follow(stream, { transport })
    const lost = await log.until(({ status }) => status === 'reconnecting')
    expect(lost.error).toMatchObject({ type: 'network', attempt: 1 })
    await untilMessage('5')
    expect(messages()).toEqual(['1', '2', '3', '4', '5'])
    expect(await stream.until({ open: 1 })).toMatchObject({ requests: [{}, {}] })
  })
})
