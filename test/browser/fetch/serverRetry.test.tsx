import { nativeTransport } from 'use-event-source'
import { describe, expect, it } from 'vitest'
import { openStream } from '../support/openStream.ts'
import { retrySoon } from '../support/retryTimes.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'
import { follow, soon } from './support/follow.tsx'

const AGES = 99_999_999_999

expectNothingThrown()

describe('a retry field', () => {
  it('of three years is limited by maxDelay', async () => {
    const stream = await openStream(
      { body: [{ retry: AGES }, { burst: { to: 3 } }] },
      { body: [{ burst: { from: 'resume', to: 5 } }] },
    )
    const { log, untilMessage, messages } = await follow(stream, {
      retry: { ...soon, maxDelay: 50 },
    })
    await untilMessage('3')
    const before = Date.now()
    await stream.play('end')
    const { retryAt } = await log.until(({ retryAt }) => retryAt !== null)
    await untilMessage('5')
    expect(messages()).toEqual(['1', '2', '3', '4', '5'])
    expect(retryAt).toBeGreaterThanOrEqual(before + 50)
    expect(retryAt).toBeLessThanOrEqual(Date.now() + 50)
  })

  it('of zero still leads to a longer delay each time', async () => {
    const stream = await openStream({ body: [{ retry: 0 }, 'end'] })
    const retry = { initialDelay: 60_000, jitter: false, resetAfter: 60_000 }
    const { log } = await follow(stream, { retry })
    await log.until(({ attempt }) => attempt === 8)
    const at = (await stream.until({ requests: 8 })).requests.map(({ at }) => at)
    expect(at).toHaveLength(8)
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0))
    // The delay doubles from 1 ms on. The clocks of page and server have a resolution of 1 ms each.
    expect(gaps.filter((gap, index) => gap < 2 ** index - 2)).toEqual([])
  })
})

it('does not hold up a native stream with a lastEventIdParam, which the policy retries', async () => {
  retrySoon()
  const stream = await openStream(
    { body: [{ retry: AGES }, { burst: { to: 3 } }, 'end'] },
    { body: [{ burst: { from: 'resume', to: 5 } }] },
  )
  const transport = nativeTransport({ lastEventIdParam: 'lastEventId' })
  const { untilMessage, messages } = await follow(stream, { transport, retry: undefined })
  await untilMessage('5')
  expect(messages()).toEqual(['1', '2', '3', '4', '5'])
})

describe('Retry-After', () => {
  it('of a second is waited for, even if the policy retries sooner', async () => {
    const refusal = { status: 503, headers: { 'Retry-After': '1' }, body: ['end' as const] }
    const stream = await openStream(refusal, { body: [{ burst: { to: 3 } }] })
    const { log, untilMessage } = await follow(stream)
    const { error, retryAt } = await log.until(({ retryAt }) => retryAt !== null)
    expect(error).toMatchObject({ status: 503, retryAfter: 1_000 })
    // Events that otherwise cause an attempt at once do not shorten this wait.
    window.dispatchEvent(new Event('online'))
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    await untilMessage('3')
    const [first, second] = (await stream.log()).requests
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_000)
    expect(second?.at).toBeGreaterThanOrEqual((retryAt ?? Infinity) - 7)
  })

  it('may be a date', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString()
    const refusal = { status: 429, headers: { 'Retry-After': date }, body: ['end' as const] }
    const stream = await openStream(refusal)
    const { log } = await follow(stream)
    const { error, retryAt } = await log.until(({ retryAt }) => retryAt !== null)
    expect(error).toMatchObject({ status: 429 })
    expect(error?.retryAfter).toBeGreaterThan(50_000)
    expect(error?.retryAfter).toBeLessThanOrEqual(60_000)
    expect(Math.abs((retryAt ?? 0) - Date.parse(date))).toBeLessThan(1_000)
  })
})
