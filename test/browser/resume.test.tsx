import { json, nativeTransport } from 'use-event-source'
import { expect, it } from 'vitest'
import { createLog } from './support/createLog.ts'
import { openStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'
import { RETRY, retrySoon } from './support/retryTimes.ts'

const channels = { n: json<number>().last(10) }
const retry = { initialDelay: RETRY, jitter: false }

it('leaves the last event id to the browser when the browser retries', async () => {
  const stream = await openStream(
    { body: [{ retry: RETRY }, { burst: { event: 'n', to: 3 } }, 'end'] },
    { body: [{ burst: { event: 'n', from: 'resume', to: 5 } }] },
  )
  const log = createLog<Seen<typeof channels>>()
  await render(<Probe url={stream.url} events={channels} log={log} />)
  await log.until(({ data }) => data.n.at(-1) === 5)
  expect(log.latest.data.n).toEqual([1, 2, 3, 4, 5])
  const { requests } = await stream.log()
  expect(requests.map(({ lastEventId }) => lastEventId)).toEqual([null, '3'])
})

it('sends the last event id in the query of every attempt', async () => {
  retrySoon()
  const stream = await openStream(
    { body: [{ retry: RETRY }, { burst: { event: 'n', to: 3 } }, 'end'] },
    503,
    { body: [{ burst: { event: 'n', from: 'resume', to: 5 } }, 'end'] },
    { body: [{ burst: { event: 'n', from: 'resume', to: 7 } }] },
  )
  const transport = nativeTransport({ lastEventIdParam: 'lastEventId' })
  const log = createLog<Seen<typeof channels>>()
  await render(<Probe url={stream.url} events={channels} options={{ transport }} log={log} />)
  await log.until(({ data }) => data.n.at(-1) === 7)
  expect(log.latest.data.n).toEqual([1, 2, 3, 4, 5, 6, 7])
  const path = new URL(stream.url).pathname
  expect((await stream.log()).requests).toMatchObject([
    { url: path, lastEventId: null },
    { url: `${path}?lastEventId=3`, lastEventId: null },
    { url: `${path}?lastEventId=3`, lastEventId: null },
    { url: `${path}?lastEventId=5`, lastEventId: null },
  ])
})

it('sends the last event id in the query of an attempt by the retry policy', async () => {
  const stream = await openStream(
    { body: [{ burst: { event: 'n', to: 3 } }] },
    { body: [{ burst: { event: 'n', from: 'resume', to: 5 } }] },
  )
  const transport = nativeTransport({ lastEventIdParam: 'lastEventId' })
  const log = createLog<Seen<typeof channels>>()
  const options = { transport, retry }
  await render(<Probe url={stream.url} events={channels} options={options} log={log} />)
  await log.until(({ data }) => data.n.at(-1) === 3)
  await stream.play('reset')
  await log.until(({ data }) => data.n.at(-1) === 5)
  expect(log.latest.data.n).toEqual([1, 2, 3, 4, 5])
  const path = new URL(stream.url).pathname
  expect((await stream.log()).requests).toMatchObject([
    { url: path, lastEventId: null },
    { url: `${path}?lastEventId=3`, lastEventId: null },
  ])
})

it('sends the last event id even past an attempt whose events have no id', async () => {
  const stream = await openStream(
    { body: [{ burst: { event: 'n', to: 3 } }] },
    { body: [{ send: { event: 'n', data: '0' } }] },
    { body: [{ burst: { event: 'n', from: 'resume', to: 5 } }] },
  )
  const transport = nativeTransport({ lastEventIdParam: 'lastEventId' })
  const log = createLog<Seen<typeof channels>>()
  const options = { transport, retry }
  await render(<Probe url={stream.url} events={channels} options={options} log={log} />)
  await log.until(({ data }) => data.n.at(-1) === 3)
  await stream.play('reset')
  await log.until(({ data }) => data.n.at(-1) === 0)
  await stream.play('reset')
  await log.until(({ data }) => data.n.at(-1) === 5)
  expect(log.latest.data.n).toEqual([1, 2, 3, 0, 4, 5])
})

it('sends the last event id in the query after close() and reconnect()', async () => {
  const stream = await openStream(
    { body: [{ burst: { event: 'n', to: 3 } }] },
    { body: [{ burst: { event: 'n', from: 'resume', to: 5 } }] },
  )
  const transport = nativeTransport({ lastEventIdParam: 'lastEventId' })
  const log = createLog<Seen<typeof channels>>()
  await render(<Probe url={stream.url} events={channels} options={{ transport }} log={log} />)
  const { close, reconnect } = await log.until(({ data }) => data.n.at(-1) === 3)
  close()
  await stream.until({ open: 0 })
  reconnect()
  await log.until(({ data }) => data.n.at(-1) === 5)
  expect(log.latest.data.n).toEqual([1, 2, 3, 4, 5])
})
