import fc from 'fast-check'
import { EventSourceError, type Retry, type RetryContext } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decideRetry } from '../../../src/core/connection/retry.ts'

const ALMOST_ONE = 1 - Number.EPSILON / 2

afterEach(() => vi.unstubAllGlobals())

describe('the delays of the retry options', () => {
  it('start at a second and double up to half a minute', () => {
    expect(delays({ jitter: false }, 8)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ])
    expect(delays(undefined, 6, ALMOST_ONE).map((delay) => Math.round(Number(delay)))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000,
    ])
  })

  it('follow initialDelay, factor and maxDelay', () => {
    const retry = { initialDelay: 10, factor: 3, maxDelay: 200, jitter: false }
    expect(delays(retry, 5)).toEqual([10, 30, 90, 200, 200])
    expect(delays({ initialDelay: 500, factor: 1, jitter: false }, 3)).toEqual([500, 500, 500])
  })

  it('are random, from 0 up to their full length', () => {
    expect(delays(undefined, 3, 0)).toEqual([0, 0, 0])
    expect(delays({}, 3, 0.5)).toEqual([500, 1_000, 2_000])
    const [longest] = delays({ jitter: true }, 1, ALMOST_ONE)
    expect(longest).toBeCloseTo(1_000)
    expect(longest).toBeLessThan(1_000)
  })

  it('stop after maxAttempts', () => {
    expect(delays({ maxAttempts: 2, jitter: false }, 4)).toEqual([
      1_000,
      2_000,
      'exhausted',
      'exhausted',
    ])
    expect(delays({ maxAttempts: 0 }, 1)).toEqual(['exhausted'])
    expect(delays({ maxAttempts: Number.POSITIVE_INFINITY }, 1, 0)).toEqual([0])
  })

  it('grow from 1 ms when the initial delay is 0', () => {
    expect(delays({ initialDelay: 0, jitter: false }, 4)).toEqual([1, 2, 4, 8])
    expect(decideRetry({ initialDelay: 0, jitter: false }, contextOf(2_000), () => 0)).toBe(30_000)
  })

  it.each([2_000, 1e6, Number.MAX_SAFE_INTEGER])(
    'stay finite when maxDelay is Infinity, after %d attempts',
    (attempt) => {
      for (const factor of [2, 1e300]) {
        const retry = { maxDelay: Number.POSITIVE_INFINITY, factor, jitter: false }
        expect(decideRetry(retry, contextOf(attempt), () => 0)).toBe(Number.MAX_VALUE)
        const drawn = decideRetry({ ...retry, jitter: true }, contextOf(attempt), () => 0.5)
        expect(drawn).toBe(Number.MAX_VALUE / 2)
      }
    },
  )

  it('stop at once when retry is false', () => {
    expect(delays(false, 2)).toEqual(['never', 'never'])
  })
})

describe('the delay that the server asks for', () => {
  const asked = (serverRetry: number, retry: Retry | undefined, count: number) =>
    delays(retry, count, 0.5, { serverRetry })

  it('replaces initialDelay, and grows like it', () => {
    expect(asked(50, { jitter: false }, 4)).toEqual([50, 100, 200, 400])
    expect(asked(50, { initialDelay: 7_000, factor: 3, jitter: false }, 3)).toEqual([50, 150, 450])
    expect(asked(50, undefined, 2)).toEqual([25, 50])
  })

  it('may be 0, and then grows from 1 ms, so that a request storm is short', () => {
    expect(asked(0, { jitter: false }, 4)).toEqual([1, 2, 4, 8])
    expect(asked(0, { initialDelay: 500, jitter: false }, 20).at(-1)).toBe(30_000)
  })

  it.each([99_999_999_999, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
    'is bounded by maxDelay: %d',
    (serverRetry) => {
      expect(asked(serverRetry, { jitter: false }, 2)).toEqual([30_000, 30_000])
      expect(asked(serverRetry, { maxDelay: 5, jitter: false }, 2)).toEqual([5, 5])
    },
  )

  it('changes neither the delay of a retry function nor a decision not to retry', () => {
    expect(asked(50, () => 123, 1)).toEqual([123])
    expect(asked(50, false, 1)).toEqual(['never'])
    expect(asked(50, { maxAttempts: 1, jitter: false }, 2)).toEqual([50, 'exhausted'])
  })

  it('applies when a retry function returns no valid delay', () => {
    expect(asked(50, () => Number.NaN, 2)).toEqual([25, 50])
  })
})

describe('a Retry-After', () => {
  const error = new EventSourceError('http', 'busy', { status: 503, retryAfter: 120_000 })

  it('is added to the delay, even above maxDelay', () => {
    expect(delays({ jitter: false }, 2, 0, { error })).toEqual([121_000, 122_000])
    expect(delays({ maxDelay: 10, jitter: false }, 2, 0, { error })).toEqual([120_010, 120_010])
  })

  it('is never shortened by jitter, which spreads the clients out after it', () => {
    expect(delays(undefined, 1, 0, { error })).toEqual([120_000])
    expect(delays(undefined, 1, 0.5, { error })).toEqual([120_500])
  })

  it('is added to the delay that the server asks for', () => {
    expect(delays({ jitter: false }, 1, 0, { error, serverRetry: 50 })).toEqual([120_050])
  })

  it('has no effect when it is 0', () => {
    const now = new EventSourceError('http', 'busy', { retryAfter: 0 })
    expect(delays({ jitter: false }, 1, 0, { error: now })).toEqual([1_000])
  })

  it('does not override a retry function, and adds no attempt after the last', () => {
    expect(delays(() => 5, 1, 0, { error })).toEqual([5])
    expect(delays({ maxAttempts: 0 }, 1, 0, { error })).toEqual(['exhausted'])
    expect(delays(() => -1, 1, 0, { error })).toEqual([120_000])
  })
})

describe('a retry function', () => {
  it('returns the delay, or false', () => {
    expect(delays(() => 123, 1)).toEqual([123])
    expect(delays(() => 0, 1)).toEqual([0])
    expect(delays(() => false, 1)).toEqual(['never'])
    expect(delays(({ attempt }) => attempt * 10, 3)).toEqual([10, 20, 30])
  })

  it('receives the attempt, the error, the last event id and the delay from the server', () => {
    const retry = vi.fn(() => 1)
    const context = contextOf(4, { lastEventId: '9', hasOpened: true, serverRetry: 50 })
    decideRetry(retry, context, () => 0)
    expect(retry).toHaveBeenCalledExactlyOnceWith(context)
  })

  it('falls back to the default delay when it throws, and the exception is reported', () => {
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
    'falls back to the default delay when it returns %s',
    (value) => {
      expect(delays(() => value as number, 2)).toEqual([500, 1_000])
    },
  )

  it.each([null, true, '', '5'])(
    'falls back to the default delay when it returns %j, which is not a number',
    (value) => {
      expect(delays(() => value as unknown as number, 2)).toEqual([500, 1_000])
    },
  )
})

describe('any retry options', () => {
  const ms = fc.oneof(
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.nat(),
    fc.constantFrom(0, 1, Number.MAX_VALUE, Number.POSITIVE_INFINITY),
  )
  const options = fc.record(
    { initialDelay: ms, factor: ms, maxDelay: ms, jitter: fc.boolean(), maxAttempts: ms },
    { requiredKeys: [] },
  )
  const attempt = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1e6 }))
  const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  it('give a finite delay that is never NaN, negative or above maxDelay', () => {
    fc.assert(
      fc.property(options, attempt, anyRandom, fc.option(ms), (retry, attempt, random, asked) => {
        const context = contextOf(attempt, { serverRetry: asked ?? undefined })
        const delay = decideRetry(retry, context, () => random)
        if (typeof delay === 'string') return attempt > Number(retry.maxAttempts)
        return delay >= 0 && delay <= Math.min(retry.maxDelay ?? 30_000, Number.MAX_VALUE)
      }),
      { numRuns: 1_000 },
    )
  })

  it('give a delay that never shrinks from one attempt to the next, without jitter', () => {
    const growing = fc.record({ initialDelay: fc.nat(), factor: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(growing, fc.integer({ min: 1, max: 50 }), (retry, attempt) => {
        const [now, later] = [attempt, attempt + 1].map((n) =>
          Number(decideRetry({ ...retry, jitter: false }, contextOf(n), Math.random)),
        ) as [number, number]
        return later >= now
      }),
    )
  })
})

/** Returns the delays before the first `count` attempts. */
function delays(
  retry: Retry | undefined,
  count: number,
  random = 0.5,
  context: Partial<RetryContext> = {},
): (number | string)[] {
  return Array.from({ length: count }, (_, i) =>
    decideRetry(retry, contextOf(i + 1, context), () => random),
  )
}

function contextOf(attempt: number, context: Partial<RetryContext> = {}): RetryContext {
  const error = new EventSourceError('network', 'lost')
  return {
    attempt,
    error,
    lastEventId: '',
    hasOpened: false,
    serverRetry: undefined,
    ...context,
  }
}
