import { nativeTransport } from 'use-event-source'
import { fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { workerTransport } from 'use-event-source/worker'
import { describe, expect, it, vi } from 'vitest'
import type { Answer } from '../../support/server/script.ts'
import { openStream, type TestStream } from '../support/openStream.ts'
import { RETRY, retrySoon } from '../support/retryTimes.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow } from './support/follow.tsx'

expectNothingThrown()

const ways: [string, (options?: FetchTransportOptions) => ReturnType<typeof fetchTransport>][] = [
  ['fetch', fetchTransport],
  ['worker', workerTransport],
]

const first: Answer = { body: [{ retry: RETRY }, { burst: { to: 3 } }, 'end'] }
const rest: Answer = { body: [{ burst: { from: 'resume', to: 5 } }] }
const fromFour: Answer = { body: [{ burst: { from: 4, to: 5 } }] }

describe.each(ways)('the %s transport', (_, makeTransport) => {
  it('comes back without the id if the server of another origin refuses its header', async () => {
    const stream = await openStream(first, fromFour)
    const onOpen = vi.fn()
    const transport = makeTransport()
    const { untilMessage, messages, log } = await follow(refusing(stream), { transport, onOpen })
    await untilMessage('5')
    expect(messages()).toEqual(['1', '2', '3', '4', '5'])
    expect(log.latest).toMatchObject({ status: 'open', error: null })
    expect(onOpen.mock.calls).toMatchObject([
      [{ reconnected: false, lastEventId: '' }],
      [{ reconnected: true, lastEventId: '' }],
    ])
    // The server sees only the preflights of the requests with the id.
    const { requests, open } = await stream.log()
    expect(requests.map(({ lastEventId }) => lastEventId)).toEqual([null, null])
    expect(open).toBe(1)
  })

  it('resumes there by its lastEventIdParam', async () => {
    const stream = await openStream(first, rest)
    const onOpen = vi.fn()
    const transport = makeTransport({ lastEventIdParam: 'lastEventId' })
    const { untilMessage, messages } = await follow(refusing(stream), { transport, onOpen })
    await untilMessage('5')
    expect(messages()).toEqual(['1', '2', '3', '4', '5'])
    expect(onOpen).toHaveBeenLastCalledWith(expect.objectContaining({ lastEventId: '3' }))
    const { requests } = await stream.log()
    const path = new URL(stream.url).pathname
    expect(requests).toMatchObject([
      { url: `${path}?refuse=last-event-id`, lastEventId: null },
      { url: `${path}?refuse=last-event-id&lastEventId=3`, lastEventId: null },
    ])
  })

  it('keeps the id while the server is down', async () => {
    const stream = await openStream({ body: [{ burst: { to: 3 } }] }, rest)
    const transport = makeTransport()
    const { untilMessage, messages, log } = await follow(stream, { transport })
    await untilMessage('3')
    await stream.refuse()
    await stream.play('reset')
    await log.until(({ attempt }) => attempt === 4)
    await stream.accept()
    await untilMessage('5')
    expect(messages()).toEqual(['1', '2', '3', '4', '5'])
    const { requests } = await stream.until({ open: 1 })
    expect(requests.at(-1)?.lastEventId).toBe('3')
  })

  it('keeps the id if the server resets a single request', async () => {
    const stream = await openStream(first, 'reset', rest)
    const transport = makeTransport()
    const { untilMessage, messages } = await follow(stream, { transport })
    await untilMessage('5')
    expect(messages()).toEqual(['1', '2', '3', '4', '5'])
    const { requests } = await stream.until({ open: 1 })
    expect(requests.map(({ lastEventId }) => lastEventId)).toEqual([null, '3', null, '3'])
  })
})

it('the native transport sends the header there, for which a browser needs no permission', async () => {
  retrySoon()
  const stream = await openStream(first, rest)
  const { untilMessage, messages } = await follow(refusing(stream), {
    transport: nativeTransport(),
    retry: undefined,
  })
  await untilMessage('5')
  expect(messages()).toEqual(['1', '2', '3', '4', '5'])
})

/** The url of the stream, with a CORS answer that does not allow `Last-Event-ID`. */
function refusing({ url }: TestStream) {
  return { url: `${url}?refuse=last-event-id` }
}
