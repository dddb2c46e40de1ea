import { type EventSourceOptions, json, nativeTransport } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import { workerTransport } from 'use-event-source/worker'
import { describe, expect, it } from 'vitest'
import type { Reply, Step } from '../support/server/script.ts'
import { type Cut, cutEvery } from '../support/server/cutEvery.ts'
import { createLog } from './support/createLog.ts'
import { numbers } from './support/numbers.ts'
import { openStream, type TestStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

const COUNT = 10_000
const PART = 500

const retry = { initialDelay: 5, factor: 1, jitter: false }
const lastEventIdParam = 'lastEventId'

const ways: [string, EventSourceOptions][] = [
  ['the native transport, by the browser', {}],
  ['the native transport, by policy', { transport: nativeTransport({ lastEventIdParam }), retry }],
  ['the fetch transport', { transport: fetchTransport(), retry }],
  ['the worker transport', { transport: workerTransport(), retry }],
]

/** How the server cuts the stream after every 500 events; the next request resumes. */
const cuts: [string, Cut][] = [
  ['ends the stream', 'end'],
  ['resets the connection', 'reset'],
  ['resets it after the line with the id of the next event', 'after id'],
  ['ends the stream in the middle of the data of the next event', 'in data'],
]

/** Sets the browser's delay. An answer of its own, since a reset may drop unread data. */
const settings: Reply = { body: [{ retry: 10 }, 'end'] }

describe.each(ways)('%s', (_, options) => {
  it.each(cuts)('delivers 10,000 events once and in order when the server %s', async (_, cut) => {
    const answers = cutEvery(PART, { event: 'n', to: COUNT }, [cut])
    const stream = await openStream(settings, ...answers)
    const { each, done } = await follow(stream, options)
    await done
    expect(each).toEqual(numbers(1, COUNT))
    const { requests, open } = await stream.log()
    expect({ requests: requests.length, open }).toEqual({ requests: 1 + COUNT / PART, open: 1 })
  })

  it('resumes after the last event when a reset comes once all data has arrived', async () => {
    const whole = cutEvery(PART, { event: 'n', to: COUNT }, ['after id']) as Reply[]
    const uncut = whole.map(({ body = [] }) => ({ body: body.filter(isNoCut) }))
    const stream = await openStream(settings, ...uncut)
    const { each, done } = await follow(stream, options, (n) => {
      if (n % PART === 0 && n < COUNT) void stream.play('reset')
    })
    await done
    expect(each).toEqual(numbers(1, COUNT))
    const { requests } = await stream.log()
    const resumed = numbers(1, COUNT / PART - 1).map((part) => String(part * PART))
    expect(requests.slice(2).map(lastEventIdOf)).toEqual(resumed)
  })
})

function isNoCut(step: Step): boolean {
  return typeof step !== 'string'
}

function lastEventIdOf({ lastEventId, url }: { lastEventId: string | null; url: string }) {
  return lastEventId ?? new URL(url, 'http://stream').searchParams.get(lastEventIdParam)
}

/** @param onNumber - called for each number as it arrives */
async function follow(
  { url }: TestStream,
  options: EventSourceOptions,
  onNumber?: (n: number) => void,
) {
  const each: number[] = []
  const channels = {
    n: json<number>(),
    each: json<number>()
      .from('n')
      .forEach((n) => {
        each.push(n)
        onNumber?.(n)
      }),
  }
  const log = createLog<Seen<typeof channels>>()
  await render(<Probe url={url} events={channels} options={options} log={log} />)
  return { each, done: log.until(({ data }) => data.n === COUNT) }
}
