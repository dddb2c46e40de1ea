import { type EventSourceOptions, json } from 'use-event-source'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../support/server/script.ts'
import { createLog } from './support/createLog.ts'
import { numbers } from './support/numbers.ts'
import { openStream, type TestStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'
import { RETRY, retryTimes } from './support/retryTimes.ts'

interface Fault {
  /** Completes the name "a stream that is repeatedly …". */
  is: string
  answer: Answer
  options?: EventSourceOptions
  /** Causes the fault, if the answer does not. */
  begin?: (stream: TestStream) => Promise<void>
}

const byPolicy = { retry: { initialDelay: RETRY, factor: 1, jitter: false } }

async function refuse(stream: TestStream): Promise<void> {
  await stream.refuse()
  await stream.play('reset')
}

const faults: Fault[] = [
  { is: 'ended', answer: { body: [{ retry: RETRY }, 'end'] } },
  { is: 'reset', answer: { body: [{ retry: RETRY }, 'reset'] } },
  { is: 'refused', answer: { body: [{ retry: RETRY }] }, begin: refuse },
  { is: 'ended, with a retry policy', answer: { body: ['end'] }, options: byPolicy },
  { is: 'reset, with a retry policy', answer: 'reset', options: byPolicy },
  { is: 'refused, with a retry policy', answer: {}, options: byPolicy, begin: refuse },
  { is: 'answered with 503', answer: 503, options: byPolicy },
]

describe.each(faults)('a stream that is repeatedly $is', ({ answer, options, begin }) => {
  it('gets no further request after close()', async () => {
    const { stream, log, made } = await failThreeTimes()
    log.latest.close()
    await log.until(({ status }) => status === 'closed')
    await expectNoMoreThan(made, stream)
    const { attempt, retryAt, reason, error } = log.latest
    expect({ attempt, retryAt, reason, error }).toEqual({
      attempt: 0,
      retryAt: null,
      reason: 'stopped',
      error: null,
    })
  })

  it('gets no further request after the component unmounts', async () => {
    const { stream, unmount, made } = await failThreeTimes()
    unmount()
    await expectNoMoreThan(made, stream)
  })

  /** Resolves right after the third failure, while no attempt is open. */
  async function failThreeTimes() {
    const stream = await openStream(answer)
    const log = createLog<Seen>()
    const page = <Probe url={stream.url} options={{ linger: 0, ...options }} log={log} />
    const { unmount } = await render(page)
    if (begin) {
      await log.until(({ status }) => status === 'open')
      await begin(stream)
    }
    await log.until(({ attempt }) => attempt === 3)
    // Refused connections do not reach the server.
    return { stream, log, unmount, made: begin ? 1 : 3 }
  }
})

it('delivers no further event of a burst after close() in the middle', async () => {
  const stream = await openStream({ body: [{ burst: { event: 'n', to: 2_000 } }] })
  const handled: number[] = []
  const channels = {
    n: json<number>().last(3),
    each: json<number>()
      .from('n')
      .forEach((n) => {
        handled.push(n)
        if (n === 100) log.latest.close()
      }),
  }
  const log = createLog<Seen<typeof channels>>()
  await render(<Probe url={stream.url} events={channels} log={log} />)
  await log.until(({ status }) => status === 'closed')
  expect((await stream.until({ open: 0 })).requests).toHaveLength(1)
  expect(handled).toEqual(numbers(1, 100))
  expect(log.latest.data.n).toEqual([98, 99, 100])
})

it('ends an unanswered request when the component unmounts', async () => {
  const stream = await openStream('stall')
  const { unmount } = await render(<Probe url={stream.url} options={{ linger: 0 }} />)
  await stream.until({ requests: 1, open: 1 })
  unmount()
  expect((await stream.until({ open: 0 })).requests).toHaveLength(1)
  await expectNoMoreThan(1, stream)
})

/** Waits for as long as ten retries take, with the port open. */
async function expectNoMoreThan(made: number, stream: TestStream): Promise<void> {
  await stream.accept()
  await retryTimes(10)
  const { requests, open } = await stream.log()
  expect({ requests: requests.length, open }).toEqual({ requests: made, open: 0 })
}
