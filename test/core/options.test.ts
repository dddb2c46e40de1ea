import type { EventSourceOptions, OptionOf } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkOptions } from '../../src/core/options.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

describe('an option out of bounds', () => {
  it.each<[string, EventSourceOptions]>([
    ['linger is -1', { linger: -1 }],
    ['linger is NaN', { linger: Number.NaN }],
    ['flush is -5', { flush: -5 }],
    ['connectTimeout is -1', { connectTimeout: -1 }],
    ['connectTimeout is NaN', { connectTimeout: Number.NaN }],
    ['heartbeat is -1', { heartbeat: -1 }],
    ['heartbeat is -Infinity', { heartbeat: Number.NEGATIVE_INFINITY }],
    ['dedupe is -1', { dedupe: -1 }],
    ['dedupe is NaN', { dedupe: Number.NaN }],
    ['initialDelay is -1', { retry: { initialDelay: -1 } }],
    ['factor is NaN', { retry: { factor: Number.NaN } }],
    ['maxDelay is -1', { retry: { maxDelay: -1 } }],
    ['maxAttempts is -1', { retry: { maxAttempts: -1 } }],
    ['resetAfter is -1', { retry: { resetAfter: -1 } }],
  ])('throws an error that names the fix: %s', (sentence, options) => {
    expect(() => checkOptions(optionOf(options))).toThrow(
      new RangeError(`${sentence}: give a number from 0 up`),
    )
  })
})

describe('an option within bounds', () => {
  it.each<EventSourceOptions>([
    {},
    { linger: 0, flush: 0 },
    { linger: Number.POSITIVE_INFINITY, flush: 'frame' },
    { linger: undefined, flush: 'sync', retry: undefined },
    { connectTimeout: false, heartbeat: false },
    { connectTimeout: 0, heartbeat: 0, dedupe: 0 },
    { connectTimeout: Number.POSITIVE_INFINITY, heartbeat: Number.POSITIVE_INFINITY },
    { connectTimeout: undefined, heartbeat: undefined, dedupe: undefined },
    { dedupe: Number.POSITIVE_INFINITY },
    { initialData: { linger: -1, heartbeat: Number.NaN } },
    { retry: false },
    { retry: () => -1 },
    {
      retry: {
        initialDelay: 0,
        factor: 0,
        maxDelay: 0,
        maxAttempts: 0,
        resetAfter: 0,
        jitter: false,
      },
    },
    { retry: { maxAttempts: Number.POSITIVE_INFINITY, initialDelay: undefined } },
  ])('is accepted: %o', (options) => {
    expect(() => checkOptions(optionOf(options))).not.toThrow()
  })
})

describe('a former option name', () => {
  it.each<[string, string, object]>([
    ['`initial`', '`initialData`', { initial: { quote: 1 } }],
    ['`retry.initial`', '`retry.initialDelay`', { retry: { initial: 500 } }],
    ['`retry.max`', '`retry.maxDelay`', { retry: { max: 10_000 } }],
    ['`retry.attempts`', '`retry.maxAttempts`', { retry: { attempts: 0 } }],
  ])('throws an error with the new name: %s is now %s', (former, name, options) => {
    expect(() => checkOptions(optionOf(options))).toThrow(
      new TypeError(`${former} is now ${name}: rename the option`),
    )
  })

  it('is ignored if its value is undefined, and in production', () => {
    expect(() => checkOptions(optionOf({ initial: undefined } as object))).not.toThrow()
    vi.stubEnv('NODE_ENV', 'production')
    expect(() => checkOptions(optionOf({ initial: {} } as object))).not.toThrow()
  })

  it('is ignored in a browser without a bundler, where there is no `process`', () => {
    vi.stubGlobal('process', undefined)
    expect(() => checkOptions(optionOf({ initial: {} } as object))).not.toThrow()
  })
})

function optionOf(options: EventSourceOptions): OptionOf {
  return (name) => options[name]
}
