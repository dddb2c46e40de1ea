import { type ReactNode, StrictMode, useLayoutEffect } from 'react'
import { type EventSourceResult, text, useEventSource } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import { describe, expect, it } from 'vitest'
import type { Answer, Step } from '../../support/server/script.ts'
import { createLog } from '../support/createLog.ts'
import { numbers } from '../support/numbers.ts'
import { openStream, type TestStream } from '../support/openStream.ts'
import { render } from '../support/render.tsx'
import { retryTimes } from '../support/retryTimes.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { wakeUp } from './support/wakeUp.ts'

type Shown = EventSourceResult<{ answer: string; turn: number }>

const prompt = 'What is 日本?'
const tokens: Step = { send: ['It', ' is', ' Japan', '.'].map((data) => ({ data })) }
const finished: Step = { send: { data: '[DONE]' } }
const again: Answer = { body: [{ send: { data: 'AGAIN' } }] }

expectNothingThrown()

it('gathers an answer until [DONE]', async () => {
  const { stream, log } = await ask({ body: [tokens, finished, { send: { data: '!' } }] }, again)
  await log.until(({ status }) => status === 'closed')
  expect(log.latest).toMatchObject({ reason: 'done', error: null })
  expect(log.latest.data.answer).toBe('It is Japan.')
  await expectOneRequest(stream)
})

it('stops an answer by close(), and keeps the text so far', async () => {
  const { stream, log } = await ask({ body: [tokens] }, again)
  const { close } = await log.until(({ data }) => data.answer.endsWith('.'))
  expect(log.latest.status).toBe('open')
  close()
  await log.until(({ status }) => status === 'closed')
  expect(log.latest).toMatchObject({ reason: 'stopped', error: null })
  expect(log.latest.data.answer).toBe('It is Japan.')
  await expectOneRequest(stream)
})

it('repeats the request on reconnect()', async () => {
  const { stream, log } = await ask({ body: [tokens, finished] }, again)
  const { reconnect } = await log.until(({ status }) => status === 'closed')
  reconnect()
  await log.until(({ data }) => data.answer.endsWith('AGAIN'))
  const { requests } = await stream.until({ open: 1 })
  expect(requests.map(({ body }) => body)).toEqual([bodyOf(prompt), bodyOf(prompt)])
})

it('makes a new request for another prompt', async () => {
  const { stream, log, rerender } = await ask({ body: [tokens, finished] }, again)
  await log.until(({ status }) => status === 'closed')
  await rerender(<Answer url={stream.url} prompt="And 中国?" turn={1} log={log} />)
  await log.until(({ data }) => data.answer === 'AGAIN')
  const { requests } = await stream.until({ open: 1 })
  expect(requests.map(({ body }) => body)).toEqual([bodyOf(prompt), bodyOf('And 中国?')])
})

it('makes one request, regardless of renders and wakes', async () => {
  const { stream, log, rerender } = await ask({ body: [] }, again)
  await log.until(({ status }) => status === 'open')
  for (const turn of numbers(1, 100)) {
    await rerender(<Answer url={stream.url} prompt={prompt} turn={turn} log={log} />)
    wakeUp()
  }
  await stream.play(tokens)
  await log.until(({ data }) => data.answer.endsWith('.'))
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
  await stream.play(finished)
  await log.until(({ status }) => status === 'closed')
  expect(log.latest.data).toEqual({ answer: 'It is Japan.', turn: 100 })
  await expectOneRequest(stream)
})

describe.each([
  ['ends too early', { body: [tokens, 'end'] }, 'network'],
  ['is reset', { body: [tokens, { comment: 'cut' }, 'reset'] }, 'network'],
  ['is reset before it has begun', 'reset', 'network'],
  ['is refused for now', 503, 'http'],
  ['is refused for good', 403, 'http'],
  [
    'is an HTML page',
    { headers: { 'Content-Type': 'text/html' }, body: [tokens, 'end'] },
    'content-type',
  ],
] satisfies [string, Answer, string][])('an answer that %s', (_, answer, type) => {
  it('closes the connection as failed, without another request', async () => {
    const { stream, log } = await ask(answer, again)
    await log.until(({ status }) => status === 'closed')
    expect(log.latest).toMatchObject({ reason: 'failed', error: { type, attempt: 1 } })
    await expectOneRequest(stream)
  })
})

/** Makes the request as an application does: under StrictMode, with everything inline. */
async function ask(...answers: Answer[]) {
  const stream = await openStream(...answers)
  const log = createLog<Shown>()
  const inStrictMode = (node: ReactNode) => <StrictMode>{node}</StrictMode>
  const { rerender } = await render(
    inStrictMode(<Answer url={stream.url} prompt={prompt} turn={0} log={log} />),
  )
  return { stream, log, rerender: (node: ReactNode) => rerender(inStrictMode(node)) }
}

function Answer({
  url,
  prompt,
  turn,
  log,
}: {
  url: string
  prompt: string
  turn: number
  log: { add(shown: Shown): void }
}) {
  const result = useEventSource(
    url,
    {
      answer: text()
        .from('message')
        .reduce((all, token) => all + token, ''),
    },
    {
      transport: fetchTransport({
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: bodyOf(prompt),
      }),
      until: ({ data }) => data === '[DONE]',
      select: ({ answer }) => ({ answer, turn }),
      isEqual: (a, b) => a.answer === b.answer && a.turn === b.turn,
      onError: () => {},
    },
  )
  useLayoutEffect(() => log.add(result))
  return <p>{result.data.answer}</p>
}

function bodyOf(prompt: string): string {
  return JSON.stringify({ prompt })
}

/** Expects one request, even after the page wakes up and two retries could have followed. */
async function expectOneRequest(stream: TestStream): Promise<void> {
  await stream.until({ open: 0 })
  wakeUp()
  await retryTimes(2)
  const { requests, open } = await stream.log()
  expect(open).toBe(0)
  expect(requests).toMatchObject([
    { method: 'POST', body: bodyOf(prompt), headers: { 'content-type': 'application/json' } },
  ])
}
