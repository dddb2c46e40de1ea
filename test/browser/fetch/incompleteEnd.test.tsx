import { fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { workerTransport } from 'use-event-source/worker'
import { describe, expect, it } from 'vitest'
import { openStream } from '../support/openStream.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow, soon } from './support/follow.tsx'

expectNothingThrown()

const ways: [string, (options: FetchTransportOptions) => ReturnType<typeof fetchTransport>][] = [
  ['fetch', fetchTransport],
  ['worker', workerTransport],
]

const body = 'What is 日本?'
const until = ({ data }: { data: string }): boolean => data === '[DONE]'

describe.each(ways)('the answer to a POST, read by the %s transport,', (_, makeTransport) => {
  it('is cut off if it ends inside an event', async () => {
    const stream = await openStream({ body: [{ write: 'data: a\n\ndata: b' }, 'end'] })
    const { log, messages } = await follow(stream, {
      transport: makeTransport({ body }),
      retry: undefined,
    })
    await log.until(({ status }) => status === 'closed')
    expect(log.latest).toMatchObject({
      reason: 'failed',
      error: { type: 'network', message: 'The stream ended inside an event' },
    })
    expect(messages()).toEqual(['a'])
    expect((await stream.log()).requests).toHaveLength(1)
  })

  it('is done if it ends after an event', async () => {
    const stream = await openStream({ body: [{ write: 'data: a\n\ndata: b\n\n' }, 'end'] })
    const { log, messages } = await follow(stream, {
      transport: makeTransport({ body }),
      retry: undefined,
    })
    await log.until(({ status }) => status === 'closed')
    expect(log.latest).toMatchObject({ reason: 'done', error: null })
    expect(messages()).toEqual(['a', 'b'])
  })

  it.each(['data: [DONE]\n', 'data: [DONE]'])(
    'is done with dispatchIncomplete if it ends with %j, and is not asked for again',
    async (end) => {
      const stream = await openStream({ body: [{ write: `data: a\n\n${end}` }, 'end'] })
      const transport = makeTransport({ body, dispatchIncomplete: true })
      const { log, messages } = await follow(stream, { transport, until, retry: soon })
      await log.until(({ status }) => status === 'closed')
      expect(log.latest).toMatchObject({ reason: 'done', error: null })
      expect(messages()).toEqual(['a'])
      expect(await stream.until({ open: 0 })).toMatchObject({ requests: [{}] })
    },
  )

  it('is cut off with dispatchIncomplete if the connection is reset', async () => {
    const stream = await openStream({ body: [{ write: 'data: a\n\ndata: b\n' }] })
    const transport = makeTransport({ body, dispatchIncomplete: true })
    const { log, messages, untilMessage } = await follow(stream, { transport, retry: undefined })
    await untilMessage('a')
    await stream.play('reset')
    await log.until(({ status }) => status === 'closed')
    expect(log.latest).toMatchObject({ reason: 'failed', error: { type: 'network' } })
    expect(messages()).toEqual(['a'])
  })
})
