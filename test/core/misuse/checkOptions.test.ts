import { type EventSourceOptions, nativeTransport, type OptionOf } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { checkClientConfig, checkOptions } from '../../../src/core/misuse/checkOptions.ts'

describe('a number out of bounds', () => {
  it.each<[string, EventSourceOptions]>([
    ['linger is -1: give a number from 0 up', { linger: -1 }],
    ['linger is NaN: give a number from 0 up', { linger: Number.NaN }],
    ["flush is -5: give a number from 0 up, 'frame' or 'sync'", { flush: -5 }],
    ['connectTimeout is -1: give a number from 0 up or false', { connectTimeout: -1 }],
    ['connectTimeout is NaN: give a number from 0 up or false', { connectTimeout: Number.NaN }],
    ['heartbeat is -1: give a number from 0 up or false', { heartbeat: -1 }],
    ['dedupe is NaN: give a number from 0 up', { dedupe: Number.NaN }],
    ['retry.initialDelay is -1: give a number from 0 up', { retry: { initialDelay: -1 } }],
    ['retry.maxDelay is -1: give a number from 0 up', { retry: { maxDelay: -1 } }],
    ['retry.maxAttempts is NaN: give a number from 0 up', { retry: { maxAttempts: Number.NaN } }],
    ['retry.resetAfter is -1: give a number from 0 up', { retry: { resetAfter: -1 } }],
    // Each delay would be shorter than the one before: a storm of requests.
    ['retry.factor is 0: give a number from 1 up', { retry: { factor: 0 } }],
    ['retry.factor is 0.5: give a number from 1 up', { retry: { factor: 0.5 } }],
    ['retry.factor is NaN: give a number from 1 up', { retry: { factor: Number.NaN } }],
  ])('throws a RangeError with the fix: %s', (sentence, options) => {
    expectMistake(options, new RangeError(sentence))
  })
})

describe('a value of a wrong type', () => {
  it.each<[string, object]>([
    ['heartbeat is "5000": give a number from 0 up or false', { heartbeat: '5000' }],
    ['connectTimeout is true: give a number from 0 up or false', { connectTimeout: true }],
    ['linger is false: give a number from 0 up', { linger: false }],
    ['dedupe is true: give a number from 0 up', { dedupe: true }],
    [`flush is "fast": give a number from 0 up, 'frame' or 'sync'`, { flush: 'fast' }],
    ['withCredentials is "include": give true or false', { withCredentials: 'include' }],
    ['lastEventId is 42: give a string', { lastEventId: 42 }],
    ['until is "done": give a function', { until: 'done' }],
    ['onOpen is false: give a function', { onOpen: false }],
    ['onError is an object: give a function', { onError: {} }],
    ['onClose is "close": give a function', { onClose: 'close' }],
    ['initialData is "a": give an object with the keys of the channels', { initialData: 'a' }],
    ['initialData is an array: give an object with the keys of the channels', { initialData: [] }],
    [
      'initialData is a function: give an object with the keys of the channels',
      { initialData: () => ({}) },
    ],
    ['transport is a function: call it, as in nativeTransport()', { transport: nativeTransport }],
    ...[{}, { open() {} }, { key: 'a' }].map((transport): [string, object] => [
      'transport is an object: give a transport, such as nativeTransport(), with `key` and `open`',
      { transport },
    ]),
    [
      'transport is "fetch": give a transport, such as nativeTransport(), with `key` and `open`',
      { transport: 'fetch' },
    ],
    [
      'retry is 5000: give { initialDelay: 5000 }, a function, or false for never',
      { retry: 5_000 },
    ],
    ['retry is true: give { initialDelay: 1000 }, a function, or false for never', { retry: true }],
    [
      'retry is an array: give { initialDelay: 1000 }, a function, or false for never',
      { retry: [1_000, 2_000] },
    ],
    ['retry.jitter is 0.5: give true or false', { retry: { jitter: 0.5 } }],
    ['retry.initialDelay is "1s": give a number from 0 up', { retry: { initialDelay: '1s' } }],
    ['retry.maxDelay is null: give a number from 0 up', { retry: { maxDelay: null } }],
  ])('throws a TypeError with the fix: %s', (sentence, options) => {
    expectMistake(options, new TypeError(sentence))
  })

  it.each<[string, object]>([
    ['select is "price": give a function', { select: 'price' }],
    ['isEqual is true: give a function', { isEqual: true }],
    ['maxQueue is "5": give a number from 1 up', { maxQueue: '5' }],
    [
      'signal is an object: give an AbortSignal, such as controller.signal',
      { signal: new AbortController() },
    ],
  ])('throws a TypeError for the options of some functions alone: %s', (sentence, options) => {
    expect(() => checkOptions(options, ['select', 'isEqual', 'signal', 'maxQueue'])).toThrow(
      new TypeError(sentence),
    )
  })

  it.each<[string, unknown]>([
    ['5000', 5_000],
    ['null', null],
    ['"heartbeat"', 'heartbeat'],
    ['an array', []],
  ])('throws a TypeError for options that are no object: %s', (value, options) => {
    expect(() => checkOptions(options as object)).toThrow(
      new TypeError(`The options are ${value}: give an object, as in { heartbeat: 45_000 }`),
    )
  })
})

describe('an unknown option', () => {
  it.each<[string, object]>([
    ['`heartBeat` is not an option: did you mean `heartbeat`?', { heartBeat: 5_000 }],
    ['`timeout` is not an option: did you mean `connectTimeout`?', { timeout: 5_000 }],
    ['`retry.delay` is not an option: did you mean `retry.initialDelay`?', { retry: { delay: 1 } }],
    [
      '`headers` is an option of the transport: give { transport: fetchTransport({ headers }) }',
      { headers: {} },
    ],
    [
      '`lastEventIdParam` is an option of the transport: give { transport: nativeTransport({ lastEventIdParam }) }',
      { lastEventIdParam: 'id' },
    ],
  ])('throws a TypeError with the name that is meant: %s', (sentence, options) => {
    expectMistake(options, new TypeError(sentence))
  })

  it('throws a TypeError with the names that there are, if none is close', () => {
    const names =
      'withCredentials, transport, retry, connectTimeout, heartbeat, until, lastEventId, initialData, dedupe, flush, linger, onOpen, onError, onClose'
    for (const name of ['enabled', 'on', 'constructor', '__proto__x', '']) {
      expectMistake(
        { [name]: 1 },
        new TypeError(`\`${name}\` is not an option: the options are ${names}`),
      )
    }
    expect(() => checkOptions({ enabled: true } as object, ['signal'])).toThrow(`${names}, signal`)
  })

  it('is one that another function has', () => {
    for (const name of ['select', 'isEqual', 'signal', 'maxQueue'] as const) {
      expect(() => checkOptions({ [name]: () => {} })).toThrow(`\`${name}\` is not an option`)
    }
  })

  it('is ignored if its value is undefined', () => {
    expect(() => checkOptions({ initial: undefined, heartBeat: undefined } as object)).not.toThrow()
    expect(() => checkOptions({ retry: { max: undefined } } as object)).not.toThrow()
  })
})

describe('a former option name', () => {
  it.each<[string, string, object]>([
    ['`initial`', '`initialData`', { initial: { quote: 1 } }],
    ['`retry.initial`', '`retry.initialDelay`', { retry: { initial: 500 } }],
    ['`retry.max`', '`retry.maxDelay`', { retry: { max: 10_000 } }],
    ['`retry.attempts`', '`retry.maxAttempts`', { retry: { attempts: 0 } }],
  ])('throws a TypeError with the new name: %s is now %s', (former, name, options) => {
    expectMistake(options, new TypeError(`${former} is now ${name}: rename the option`))
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
    { dedupe: Number.POSITIVE_INFINITY },
    { withCredentials: false, transport: nativeTransport(), lastEventId: '' },
    { until: () => true, onOpen: () => {}, onError: () => {}, onClose: () => {} },
    { initialData: { linger: -1, heartbeat: Number.NaN } },
    { initialData: Object.create(null) },
    { retry: false },
    { retry: () => -1 },
    { retry: {} },
    { retry: { initialDelay: 0, factor: 1, maxDelay: 0, maxAttempts: 0, resetAfter: 0 } },
    { retry: { maxAttempts: Number.POSITIVE_INFINITY, initialDelay: undefined, jitter: false } },
  ])('is accepted: %o', (options) => {
    expect(() => checkOptions(options)).not.toThrow()
    expect(() => checkOptions(optionOf(options))).not.toThrow()
  })

  it('is accepted if its value is undefined or null, which leave it out', () => {
    const names = 'transport retry heartbeat until lastEventId initialData flush onOpen'.split(' ')
    for (const value of [undefined, null]) {
      const options = Object.fromEntries(names.map((name) => [name, value]))
      expect(() => checkOptions(options)).not.toThrow()
    }
  })
})

describe('the config of a client', () => {
  it.each<[string, unknown]>([
    [
      'createClient(option) is now createClient({ defaults: option }): wrap the function',
      () => undefined,
    ],
    ['createClient() got 5: give an object, as in { defaults: {} }', 5],
    ['createClient() has no `linger`: give { defaults: { linger } }', { linger: 5 }],
    ['The options are 5: give an object, as in { heartbeat: 45_000 }', { defaults: 5 }],
    ['linger is false: give a number from 0 up', { defaults: { linger: false } }],
  ])('throws a TypeError with the fix: %s', (sentence, config) => {
    expect(() => checkClientConfig(config)).toThrow(new TypeError(sentence))
  })

  it.each([
    {},
    { defaults: undefined },
    { defaults: { linger: 5 } },
    { defaults: () => undefined },
  ])('is accepted: %o', (config) => {
    expect(() => checkClientConfig(config)).not.toThrow()
  })
})

/** Checks an object of options, and the function that returns them where its names are known. */
function expectMistake(options: object, mistake: Error): void {
  expect(() => checkOptions(options)).toThrow(mistake)
  if (!mistake.message.startsWith('`') || mistake.message.startsWith('`initial`'))
    expect(() => checkOptions(optionOf(options))).toThrow(mistake)
}

function optionOf(options: EventSourceOptions): OptionOf {
  return (name) => options[name]
}
