import fc from 'fast-check'
import { EventSourceError, type Retry, type RetryContext } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { retryDelay } from '../../../src/core/connection/retry.ts'

const ALMOST_ONE = 1 - Number.EPSILON / 2

afterEach(() => vi.unstubAllGlobals())

describe('options', () => {
  it('start at a second and double up to half a minute', () => {
    expect(delays({ jitter: false }, 8)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ])
    expect(delays(undefined, 6, ALMOST_ONE).map((delay) => Math.round(Number(delay)))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000,
    ])
  })

  it('take initial, factor and max', () => {
    const retry = { initial: 10, factor: 3, max: 200, jitter: false }
    expect(delays(retry, 5)).toEqual([10, 30, 90, 200, 200])
    expect(delays({ initial: 500, factor: 1, jitter: false }, 3)).toEqual([500, 500, 500])
  })

  it('draw the delay from 0 up to its full length', () => {
    expect(delays(undefined, 3, 0)).toEqual([0, 0, 0])
    expect(delays({}, 3, 0.5)).toEqual([500, 1_000, 2_000])
    const [longest] = delays({ jitter: true }, 1, ALMOST_ONE)
    expect(longest).toBeCloseTo(1_000)
    expect(longest).toBeLessThan(1_000)
  })

  it('end after so many attempts', () => {
    expect(delays({ attempts: 2, jitter: false }, 4)).toEqual([1_000, 2_000, false, false])
    expect(delays({ attempts: 0 }, 1)).toEqual([false])
    expect(delays({ attempts: Number.POSITIVE_INFINITY }, 1, 0)).toEqual([0])
  })

  it('grow from almost nothing where the initial delay is 0', () => {
    expect(delays({ initial: 0, jitter: false }, 4)).toEqual([1, 2, 4, 8])
    expect(retryDelay({ initial: 0, jitter: false }, contextOf(2_000), () => 0)).toBe(30_000)
  })

  it('end at once where retry is false', () => {
    expect(delays(false, 2)).toEqual([false, false])
  })
})

describe('a function', () => {
  it('says the delay, or false', () => {
    expect(delays(() => 123, 1)).toEqual([123])
    expect(delays(() => 0, 1)).toEqual([0])
    expect(delays(() => false, 1)).toEqual([false])
    expect(delays(({ attempt }) => attempt * 10, 3)).toEqual([10, 20, 30])
  })

  it('is told of the attempt, the error and the last event id', () => {
    const retry = vi.fn(() => 1)
    const context = { attempt: 4, error: new EventSourceError('network', 'x'), lastEventId: '9' }
    retryDelay(retry, context, () => 0)
    expect(retry).toHaveBeenCalledExactlyOnceWith(context)
  })

  it('gets the default delay where it throws, and the exception is reported', () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const mistake = new Error('mistake')
    const retry = (): number => {
      throw mistake
    }
    expect(delays(retry, 3, 0.5)).toEqual([500, 1_000, 2_000])
    expect(report.mock.calls).toEqual([[mistake], [mistake], [mistake]])
  })

  it.each([-1, Number.NaN, Number.NEGATIVE_INFINITY, undefined, 'soon'])(
    'gets the default delay where it returns %s',
    (value) => {
      expect(delays(() => value as number, 2)).toEqual([500, 1_000])
    },
  )

  it.each([null, true, '', '5'])(
    'gets the default delay where it returns %j, which is no number, rather than no delay',
    (value) => {
      expect(delays(() => value as unknown as number, 2)).toEqual([500, 1_000])
    },
  )
})

describe('any options', () => {
  const ms = fc.oneof(
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.nat(),
    fc.constantFrom(0, 1, Number.MAX_VALUE),
  )
  const options = fc.record(
    { initial: ms, factor: ms, max: ms, jitter: fc.boolean(), attempts: ms },
    { requiredKeys: [] },
  )
  const attempt = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1e6 }))
  const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  it('make a delay that is never negative, never above max and never NaN', () => {
    fc.assert(
      fc.property(options, attempt, luck, (retry, attempt, random) => {
        const delay = retryDelay(retry, contextOf(attempt), () => random)
        if (delay === false) return attempt > Number(retry.attempts)
        return delay >= 0 && delay <= (retry.max ?? 30_000)
      }),
      { numRuns: 1_000 },
    )
  })

  it('make a delay that never shrinks from one attempt to the next, without jitter', () => {
    const growing = fc.record({ initial: fc.nat(), factor: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(growing, fc.integer({ min: 1, max: 50 }), (retry, attempt) => {
        const [now, later] = [attempt, attempt + 1].map((n) =>
          Number(retryDelay({ ...retry, jitter: false }, contextOf(n), Math.random)),
        ) as [number, number]
        return later >= now
      }),
    )
  })
})

/** The delays before the first so many attempts. */
function delays(retry: Retry | undefined, count: number, luck = 0.5): (number | false)[] {
  return Array.from({ length: count }, (_, i) => retryDelay(retry, contextOf(i + 1), () => luck))
}

function contextOf(attempt: number): RetryContext {
  return { attempt, error: new EventSourceError('network', 'lost'), lastEventId: '' }
}
