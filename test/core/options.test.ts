import type { EventSourceOptions, OptionOf } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { checkOptions } from '../../src/core/options.ts'

describe('what is out of bounds', () => {
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
    ['initial is -1', { retry: { initial: -1 } }],
    ['factor is NaN', { retry: { factor: Number.NaN } }],
    ['max is -1', { retry: { max: -1 } }],
    ['attempts is -1', { retry: { attempts: -1 } }],
    ['resetAfter is -1', { retry: { resetAfter: -1 } }],
  ])('throws a sentence with the fix: %s', (sentence, options) => {
    expect(() => checkOptions(optionOf(options))).toThrow(
      new RangeError(`${sentence}: give a number from 0 up`),
    )
  })
})

describe('what is not', () => {
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
    { initial: { linger: -1, heartbeat: Number.NaN } },
    { retry: false },
    { retry: () => -1 },
    { retry: { initial: 0, factor: 0, max: 0, attempts: 0, resetAfter: 0, jitter: false } },
    { retry: { attempts: Number.POSITIVE_INFINITY, initial: undefined } },
  ])('passes: %o', (options) => {
    expect(() => checkOptions(optionOf(options))).not.toThrow()
  })
})

function optionOf(options: EventSourceOptions): OptionOf {
  return (name) => options[name]
}
