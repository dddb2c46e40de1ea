import { fetchTransport } from 'use-event-source/fetch'
import { describe, expect, it } from 'vitest'
import type { Step } from '../../support/server/script.ts'
import { openStream } from '../support/openStream.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow, soon } from './support/follow.tsx'

const MB = 1_000_000

/** Endless data: its name, its beginning, and the text that repeats. */
const floods: [string, string, string][] = [
  ['data', 'data: ', 'x'],
  ['a name', 'event: ', 'x'],
  ['an id', 'id: 4', '4'],
  ['lines of data', '', 'data: x\n'],
]

expectNothingThrown()

describe.each(floods)('100 MB of %s', (_, before, text) => {
  const flood: Step = { repeat: text.repeat(MB / text.length), times: 100 }

  it('end the attempt, and the next one resumes after the last event', async () => {
    const stream = await openStream(
      { body: [{ burst: { to: 3 } }, { write: before }, flood] },
      { body: [{ burst: { from: 'resume', to: 5 } }] },
    )
    const transport = fetchTransport({ maxBufferSize: MB })
    const { log, untilMessage, messages } = await follow(stream, { transport })
    const lost = await log.until(({ status }) => status === 'reconnecting')
    expect(lost.error).toMatchObject({ type: 'overflow', attempt: 1 })
    await untilMessage('5')
    expect(messages()).toEqual(['1', '2', '3', '4', '5'])
    const { requests } = await stream.until({ open: 1 })
    expect(requests.map(({ lastEventId }) => lastEventId)).toEqual([null, '3'])
  })

  it('close the connection as failed once the attempts are used up', async () => {
    const stream = await openStream({ body: [{ write: before }, flood] })
    const transport = fetchTransport({ maxBufferSize: MB })
    const { log } = await follow(stream, { transport, retry: { ...soon, maxAttempts: 2 } })
    await log.until(({ status }) => status === 'closed')
    expect(log.latest).toMatchObject({
      reason: 'failed',
      error: { type: 'overflow', attempt: 3, message: expect.stringContaining('maxBufferSize') },
    })
    expect((await stream.until({ open: 0 })).requests).toHaveLength(3)
  })
})

describe('100 MB that need no buffer', () => {
  const flood = (text: string): Step => ({ repeat: text.repeat(MB / text.length), times: 100 })

  it.each<[string, Step[]]>([
    ['a comment', [{ write: ':' }, flood('x'), { write: '\n' }]],
    ['an unknown field', [flood('x'), { write: '\n' }]],
    ['events below the limit', [flood(`event: other\ndata: ${'x'.repeat(MB / 4 - 20)}\n\n`)]],
  ])('pass as %s', async (_, steps) => {
    const stream = await openStream({ body: [...steps, { send: { data: 'good' } }] })
    const transport = fetchTransport({ maxBufferSize: MB })
    const { untilMessage } = await follow(stream, { transport })
    await untilMessage('good')
    expect((await stream.log()).requests).toHaveLength(1)
  })
})
