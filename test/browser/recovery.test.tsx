import { describe, expect, it } from 'vitest'
import { createLog, type Log } from './support/createLog.ts'
import { numbers } from './support/numbers.ts'
import { openStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'
import { RETRY, retrySoon } from './support/retryTimes.ts'
import { states } from './support/states.ts'

const given = { initialDelay: RETRY, factor: 1, jitter: false }

describe('where the browser retries by itself', () => {
  it.each(['end', 'reset'] as const)('reports each failed attempt after %s', async (loss) => {
    const stream = await openStream({ body: [{ retry: RETRY }] }, 'stall', {})
    const log = createLog<Seen>()
    await render(<Probe url={stream.url} log={log} />)
    await log.until(({ status }) => status === 'open')
    await stream.play(loss)
    await log.until(({ status }) => status === 'reconnecting')
    expect(log.latest.error?.attempt).toBe(1)
    // The second request is open, and is lost too.
    await stream.until({ requests: 2, open: 1 })
    expect(log.latest.status).toBe('reconnecting')
    await stream.play('reset')
    await log.until(({ status }) => status === 'open')
    expect(states(log.entries)).toEqual([
      'connecting',
      'open',
      'reconnecting, attempt 1: network',
      'reconnecting, attempt 2: network',
      'open',
    ])
    expect(await stream.log()).toMatchObject({ requests: [{}, {}, {}], open: 1 })
  })

  it('retries while connections are refused, and opens once they are accepted', async () => {
    const stream = await openStream({ body: [{ retry: RETRY }] })
    const log = createLog<Seen>()
    await render(<Probe url={stream.url} log={log} />)
    await log.until(({ status }) => status === 'open')
    await stream.refuse()
    await stream.play('reset')
    await log.until(({ attempt }) => attempt === 4)
    await stream.accept()
    await log.until(({ status }) => status === 'open')
    const attempts = numbers(1, log.entries.length - 3)
    expect(states(log.entries)).toEqual([
      'connecting',
      'open',
      ...attempts.map((attempt) => `reconnecting, attempt ${attempt}: network`),
      'open',
    ])
    expect(await stream.log()).toMatchObject({ requests: [{}, {}], open: 1 })
  })

  it('falls back to the retry policy when the browser gives up, and shows retryAt', async () => {
    retrySoon()
    const stream = await openStream(503, 503, 503, {})
    const log = createLog<Seen>()
    const before = Date.now()
    await render(<Probe url={stream.url} log={log} />)
    await log.until(({ status }) => status === 'open')
    expect(states(log.entries)).toEqual([
      'connecting',
      'reconnecting, attempt 1, timed: network',
      'reconnecting, attempt 1: network',
      'reconnecting, attempt 2, timed: network',
      'reconnecting, attempt 2: network',
      'reconnecting, attempt 3, timed: network',
      'reconnecting, attempt 3: network',
      'open',
    ])
    const { requests } = await stream.log()
    expectToKeepTheTime(retryTimesOf(log), requests, before)
  })
})

describe('with a retry policy', () => {
  it('makes every attempt by the policy, and shows retryAt', async () => {
    const stream = await openStream({ body: ['end'] }, 503, 'reset', {})
    const log = createLog<Seen>()
    const before = Date.now()
    await render(<Probe url={stream.url} options={{ retry: given }} log={log} />)
    await log.until(({ attempt }) => attempt === 3)
    await log.until(({ status }) => status === 'open')
    expect(states(log.entries)).toEqual([
      'connecting',
      'open',
      'reconnecting, attempt 1, timed: network',
      'reconnecting, attempt 1: network',
      'reconnecting, attempt 2, timed: network',
      'reconnecting, attempt 2: network',
      'reconnecting, attempt 3, timed: network',
      'reconnecting, attempt 3: network',
      'open',
    ])
    const { requests } = await stream.log()
    expectToKeepTheTime(retryTimesOf(log), requests, before)
  })

  it('retries while the first connections are refused, and opens once one is accepted', async () => {
    const stream = await openStream({})
    await stream.refuse()
    const log = createLog<Seen>()
    await render(<Probe url={stream.url} options={{ retry: given }} log={log} />)
    await log.until(({ attempt }) => attempt === 3)
    await stream.accept()
    await log.until(({ status }) => status === 'open')
    expect(states(log.entries).slice(0, 5)).toEqual([
      'connecting',
      'reconnecting, attempt 1, timed: network',
      'reconnecting, attempt 1: network',
      'reconnecting, attempt 2, timed: network',
      'reconnecting, attempt 2: network',
    ])
    expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
  })

  it('closes as failed after the last attempt, until reconnect()', async () => {
    const stream = await openStream(503, 503, 503, {})
    const log = createLog<Seen>()
    const options = { retry: { ...given, maxAttempts: 2 } }
    await render(<Probe url={stream.url} options={options} log={log} />)
    await log.until(({ status }) => status === 'closed')
    expect(states(log.entries).at(-1)).toBe('closed, failed: network')
    expect(log.latest.error?.attempt).toBe(3)
    log.latest.reconnect()
    await log.until(({ status }) => status === 'open')
    expect(states(log.entries).slice(-3)).toEqual(['closed, failed: network', 'connecting', 'open'])
    expect(await stream.log()).toMatchObject({ requests: [{}, {}, {}, {}], open: 1 })
  })
})

function retryTimesOf({ entries }: Log<Seen>): number[] {
  return entries.flatMap(({ retryAt }) => retryAt ?? [])
}

/** Expects no retry before its `retryAt`, and no `retryAt` before the previous request. */
function expectToKeepTheTime(
  times: number[],
  requests: readonly { at: number }[],
  before: number,
): void {
  const [, ...retries] = requests
  expect(times).toHaveLength(retries.length)
  // Two clocks with a resolution of 1 ms each.
  const early = retries.filter(({ at }, index) => at < (times[index] ?? Infinity) - 2)
  expect(early).toEqual([])
  expect(times.filter((time, index) => time < (requests[index]?.at ?? before))).toEqual([])
}
