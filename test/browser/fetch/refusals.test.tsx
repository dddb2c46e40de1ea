import { nativeTransport } from 'use-event-source'
import { describe, expect, it } from 'vitest'
import type { Answer, Step } from '../../support/server/script.ts'
import { openStream } from '../support/openStream.ts'
import { states } from '../support/states.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow } from './support/follow.tsx'

interface Refusal {
  /** The name of an answer that is not a stream. */
  is: string
  answer: Answer
  /** The fields of the error. */
  error: object
}

const HTML = 'text/html; charset=utf-8'
const page = '<!doctype html><title>Log in</title><form><input name=password></form>'

function refuse(status: number, type: string | null, text: string, ...then: Step[]): Answer {
  const body = [{ write: text }, ...(then.length > 0 ? then : ['end' as const])]
  // Chromium drains an abandoned answer for up to 5 s, unless its connection cannot be reused.
  return { status, headers: { 'Content-Type': type, Connection: 'close' }, body }
}

function byType(message: RegExp): object {
  return { type: 'content-type', status: 200, message: expect.stringMatching(message) }
}

const final: Refusal[] = [
  { is: 'a login page', answer: refuse(200, HTML, page), error: byType(/text\/html.*login page/) },
  { is: 'a redirect to a page', answer: { redirect: '/page' }, error: byType(/text\/html/) },
  { is: 'JSON', answer: refuse(200, 'application/json', '{}'), error: byType(/application\/json/) },
  {
    is: 'an event with a wrong type',
    answer: refuse(200, 'text/plain', 'data: 1\n\n'),
    error: byType(/text\/plain/),
  },
  {
    is: 'an event with a type that begins like the right one',
    answer: refuse(200, 'text/event-streaming', 'data: 1\n\n'),
    error: byType(/text\/event-streaming/),
  },
  {
    is: 'an event without a type',
    answer: refuse(200, null, 'data: 1\n\n'),
    error: byType(/no content type/),
  },
  {
    is: '401 with a text',
    answer: refuse(401, 'text/plain', 'Who are you?'),
    error: { type: 'http', status: 401, body: 'Who are you?' },
  },
  {
    is: '403 with JSON',
    answer: refuse(403, 'application/problem+json', '{"title":"No"}'),
    error: { type: 'http', status: 403, body: '{"title":"No"}' },
  },
  {
    is: '404 with a page',
    answer: refuse(404, HTML, page),
    error: { type: 'http', status: 404, body: undefined },
  },
  {
    is: '404 with the type of a stream',
    answer: refuse(404, 'text/event-stream', 'data: 1\n\n'),
    error: { type: 'http', status: 404, body: undefined },
  },
  {
    is: '410 with a long text',
    answer: refuse(410, 'text/plain', 'Gone. '.repeat(1_000)),
    error: { type: 'http', status: 410, body: undefined },
  },
  { is: '431 without a body', answer: 431, error: { type: 'http', status: 431 } },
]

const temporary: Refusal[] = [
  {
    is: '500 with a text',
    answer: refuse(500, 'text/plain', 'Oops'),
    error: { type: 'http', status: 500, body: 'Oops' },
  },
  {
    is: '503 with a page',
    answer: refuse(503, HTML, page),
    error: { type: 'http', status: 503, body: undefined },
  },
  {
    is: '429 with JSON',
    answer: refuse(429, 'application/json', '{"limit":1}'),
    error: { type: 'http', status: 429, body: '{"limit":1}' },
  },
  { is: '408 without a body', answer: 408, error: { type: 'http', status: 408 } },
  { is: '425 without a body', answer: 425, error: { type: 'http', status: 425 } },
]

/** The answer to the next request. */
const good: Answer = { body: [{ burst: { to: 3 } }] }

expectNothingThrown()

describe.each(final)('$is', ({ answer, error }) => {
  it('closes the connection as failed, with an error that names the cause', async () => {
    const stream = await openStream(answer, good)
    const { log } = await follow(stream)
    await log.until(({ status }) => status === 'closed')
    const { type } = log.latest.error ?? {}
    expect(states(log.entries)).toEqual(['connecting', `closed, failed: ${type}`])
    expect(log.latest.error).toMatchObject(error)
    const { requests } = await stream.until({ open: 0 })
    expect(requests).toHaveLength(1)
  })
})

describe.each(temporary)('$is', ({ answer, error }) => {
  it('is reported, and another attempt follows', async () => {
    const stream = await openStream(answer, good)
    const { log, untilMessage, messages } = await follow(stream)
    const lost = await log.until(({ status }) => status === 'reconnecting')
    expect(lost.error).toMatchObject({ ...error, attempt: 1 })
    await untilMessage('3')
    expect(messages()).toEqual(['1', '2', '3'])
    expect(log.latest).toMatchObject({ status: 'open', error: null })
    expect(await stream.until({ open: 1 })).toMatchObject({ requests: [{}, {}] })
  })
})

describe.each([...final, ...temporary])('$is, on the native transport', ({ answer }) => {
  it('is a network error, and is retried', async () => {
    const stream = await openStream(answer, good)
    const { log, untilMessage, messages } = await follow(stream, { transport: nativeTransport() })
    const lost = await log.until(({ status }) => status === 'reconnecting')
    expect(lost.error).toMatchObject({ type: 'network', attempt: 1 })
    await untilMessage('3')
    expect(messages()).toEqual(['1', '2', '3'])
    expect(log.latest).toMatchObject({ status: 'open', error: null })
    expect(await stream.until({ open: 1 })).toMatchObject({ requests: [{}, {}] })
  })
})

describe('a refusal whose body never ends', () => {
  it.each([
    ['with a wrong type', refuse(200, HTML, page, { comment: '' })],
    ['with a status', refuse(404, HTML, page, { comment: '' })],
    ['with a status and a text', refuse(404, 'text/plain', 'Not', { comment: '' })],
    [
      'with a status and an endless flood of text',
      refuse(404, 'text/plain', 'Not', { repeat: 'here '.repeat(10_000), times: 10_000 }),
    ],
  ])('%s, is reported, and its connection is freed', async (_, answer) => {
    const stream = await openStream(answer)
    const { log } = await follow(stream)
    await log.until(({ status }) => status === 'closed')
    expect(log.latest.reason).toBe('failed')
    expect(log.latest.error?.body).toBeUndefined()
    expect((await stream.until({ open: 0 })).requests).toHaveLength(1)
  })
})

it('frees the connection of an endless 500 before the retry', async () => {
  const flood: Step = { repeat: 'Oops '.repeat(10_000), times: 10_000 }
  const stream = await openStream(refuse(500, 'text/plain', 'Oops', flood), good)
  const { untilMessage } = await follow(stream)
  await untilMessage('3')
  expect((await stream.until({ open: 1 })).requests).toHaveLength(2)
})
