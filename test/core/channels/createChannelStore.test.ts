import fc from 'fast-check'
import { type Channel, decode, EventSourceError, json, text } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type ChannelStore,
  createChannelStore,
  type Subscription,
} from '../../../src/core/channels/createChannelStore.ts'
import type { Flush } from '../../../src/core/options.ts'
import { z } from 'zod'
import { createClock } from '../../support/clock.ts'
import { serverSentEvent } from '../../support/scriptedTransport.ts'

const sum = (): Channel<number> => json<number>().reduce((kept, n) => kept + n, 0)

afterEach(() => vi.unstubAllGlobals())

describe('event names', () => {
  it('reports a name once, with its first subscription, and lists all names', () => {
    const { subscribe, names, store } = setup()
    subscribe(json(), 'a')
    subscribe(text(), 'a')
    subscribe(json(), 'b')
    store.remove(subscribe(sum(), 'c'))
    subscribe(json(), 'c')
    expect(names).toEqual(['a', 'b', 'c'])
    expect([...store.names()]).toEqual(['a', 'b', 'c'])
  })

  it('has one cell for each event name, even for the same channel', () => {
    const { subscribe, send, store } = setup({ flush: 'sync' })
    const a = subscribe(json(), 'a')
    const b = subscribe(json(), 'b')
    send(1, 'a')
    expect([valueOf(a), valueOf(b)]).toEqual([1, undefined])
    expect(store.cellOf('a', json(), undefined)).toBe(a.cell)
    expect(store.cellOf('c', json(), undefined)).toBeUndefined()
  })

  it('ignores an event without subscriptions', () => {
    const { send, clock, flushes } = setup()
    send(1, 'other')
    expect(flushes()).toBe(0)
    expect(clock.pending()).toBe(0)
  })
})

describe('publishing', () => {
  it('changes published values only when it publishes, once a frame', () => {
    const { subscribe, send, clock, flushes } = setup()
    const subscriptions = [subscribe(json()), subscribe(json().last(2)), subscribe(sum())]
    for (const n of [1, 2, 3]) send(n)
    expect(subscriptions.map(valueOf)).toEqual([undefined, [], 0])
    expect(clock.pending()).toBe(1)
    clock.frame()
    expect(subscriptions.map(valueOf)).toEqual([3, [2, 3], 6])
    expect(flushes()).toBe(1)
    send(4)
    expect(valueOf(subscriptions[0])).toBe(3)
    clock.frame()
    expect(subscriptions.map(valueOf)).toEqual([4, [3, 4], 10])
    expect(flushes()).toBe(2)
  })

  it('publishes after each event if flush is "sync"', () => {
    const { subscribe, send, clock, flushes } = setup({ flush: 'sync' })
    const subscription = subscribe(json())
    for (const n of [1, 2]) {
      send(n)
      expect(valueOf(subscription)).toBe(n)
    }
    expect(flushes()).toBe(2)
    expect(clock.pending()).toBe(0)
  })

  it('publishes once in the given number of ms if flush is a number', () => {
    const { subscribe, send, clock, flushes } = setup({ flush: 250 })
    const subscription = subscribe(json())
    send(1)
    clock.advance(200)
    send(2)
    clock.advance(49)
    expect(valueOf(subscription)).toBeUndefined()
    clock.advance(1)
    expect(valueOf(subscription)).toBe(2)
    expect(flushes()).toBe(1)
    expect(clock.pending()).toBe(0)
  })

  it('cancels the scheduled publish if it publishes earlier', () => {
    for (const flush of ['frame', 100] as const) {
      const { subscribe, send, store, clock } = setup({ flush })
      const subscription = subscribe(json())
      send(1)
      store.publish()
      expect(valueOf(subscription)).toBe(1)
      expect(clock.pending()).toBe(0)
      send(2)
      expect(clock.pending()).toBe(1)
    }
  })

  it('never changes a published value', () => {
    const { subscribe, send, store } = setup()
    const list = subscribe(json<number>().last(3))
    const map = subscribe(json<number>().latestBy((n) => n % 2))
    const seen: [unknown, unknown][] = []
    for (let n = 1; n <= 20; n++) {
      send(n)
      if (n % 3 !== 0) continue
      store.publish()
      for (const subscription of [list, map]) {
        const value = Object.freeze(valueOf(subscription)) as Iterable<unknown>
        seen.push([value, [...value]])
      }
    }
    for (const [value, copy] of seen) expect([...(value as Iterable<unknown>)]).toEqual(copy)
    expect(valueOf(list)).toEqual([16, 17, 18])
  })

  it('keeps the identity of a list and a map at an event that cannot be decoded', () => {
    const { subscribe, send, store } = setup()
    const subscriptions = [subscribe(json().last(3)), subscribe(json<number>().latestBy((n) => n))]
    send(1)
    store.publish()
    const before = subscriptions.map(valueOf)
    for (const data of ['{oops', '{oops']) {
      send(data)
      store.publish()
      for (const [index, subscription] of subscriptions.entries())
        expect(valueOf(subscription)).toBe(before[index])
    }
  })

  it('keeps the identity of an unchanged value', () => {
    const { subscribe, send, store } = setup()
    const list = subscribe(json().last(3), 'a')
    subscribe(json(), 'b')
    send(1, 'a')
    store.publish()
    const before = valueOf(list)
    send(1, 'b')
    store.publish()
    store.publish()
    expect(valueOf(list)).toBe(before)
  })

  it('schedules no publish for an event that has only handlers', () => {
    const { subscribe, send, clock, flushes } = setup()
    subscribe(json().forEach(() => {}))
    send(1)
    expect(clock.pending()).toBe(0)
    expect(flushes()).toBe(0)
  })
})

describe('decoding', () => {
  it('decodes each event once for each decoder', () => {
    const fn = vi.fn(Number)
    const decoder = decode<number>(fn)
    const { subscribe, send, store } = setup()
    const handled: number[] = []
    const subscriptions = [
      subscribe(decoder),
      subscribe(decoder),
      subscribe(decoder.last(2)),
      subscribe(decoder.reduce((kept, n) => kept + n, 0)),
    ]
    subscribe(decoder.forEach((n) => handled.push(n)))
    send(1)
    send(2)
    store.publish()
    expect(fn).toHaveBeenCalledTimes(2)
    expect(subscriptions.map(valueOf)).toEqual([2, 2, [1, 2], 3])
    expect(handled).toEqual([1, 2])
  })

  it('decodes each event with every decoder that has a subscription', () => {
    const { subscribe, send, store } = setup()
    const [a, b] = [subscribe(json()), subscribe(text())]
    send(1)
    store.publish()
    expect([valueOf(a), valueOf(b)]).toEqual([1, '1'])
  })

  it('adds each value exactly once, in order of arrival', () => {
    const { subscribe, send, store } = setup()
    const all = subscribe(json<number>().last(5_000))
    for (let n = 0; n < 2_000; n++) send(n)
    store.publish()
    expect(valueOf(all)).toEqual(Array.from({ length: 2_000 }, (_, n) => n))
  })

  it('calls a handler immediately for each event, with the value and the event', () => {
    const { subscribe, send } = setup()
    const handler = vi.fn()
    subscribe(json().forEach(handler))
    const event = send({ a: 1 })
    expect(handler).toHaveBeenCalledExactlyOnceWith({ a: 1 }, event)
  })

  it('calls the handler once for each subscription, even if they share a channel', () => {
    const { subscribe, send } = setup()
    const handler = vi.fn()
    const shared = json().forEach(handler)
    subscribe(shared)
    subscribe(shared)
    send(1)
    expect(handler).toHaveBeenCalledTimes(2)
  })
})

describe('an event that cannot be decoded', () => {
  it('keeps the value, and shows an error for its decoder until the next valid event', () => {
    const { subscribe, send, store, errors } = setup()
    const [bad, good] = [subscribe(json()), subscribe(text())]
    send(1)
    send('{oops')
    expect(errors).toHaveLength(1)
    expect(errorOf(bad)).toBeNull()
    store.publish()
    expect(errorOf(bad)).toBe(errors[0])
    expect(errorOf(bad)).toMatchObject({ type: 'decode', event: 'n', raw: '{oops' })
    expect(errorOf(bad)?.cause).toBeInstanceOf(SyntaxError)
    expect([valueOf(bad), valueOf(good)]).toEqual([1, '{oops'])
    expect(errorOf(good)).toBeNull()
    send(2)
    expect(errorOf(bad)).not.toBeNull()
    store.publish()
    expect([errorOf(bad), valueOf(bad)]).toEqual([null, 2])
  })

  it('is reported once for each decoder, for any number of subscriptions', () => {
    const { subscribe, send, store, errors } = setup()
    const subscriptions = [
      subscribe(json()),
      subscribe(json()),
      subscribe(json().last(3)),
      subscribe(sum()),
    ]
    send('{')
    store.publish()
    expect(errors).toHaveLength(1)
    expect(new Set(subscriptions.map(errorOf))).toEqual(new Set(errors))
  })

  it('calls no handler, and its error is published even if there are only handlers', () => {
    const { subscribe, send, clock } = setup()
    const handler = vi.fn()
    const subscription = subscribe(json().forEach(handler))
    send('{')
    expect(clock.pending()).toBe(1)
    clock.frame()
    expect(errorOf(subscription)?.type).toBe('decode')
    send(1)
    expect(clock.pending()).toBe(1)
    clock.frame()
    expect(errorOf(subscription)).toBeNull()
    expect(handler).toHaveBeenCalledTimes(1)
    send(2)
    expect(clock.pending()).toBe(0)
  })

  it('publishes no error if a valid event arrives before the publish', () => {
    const { subscribe, send, store } = setup()
    const subscription = subscribe(json())
    send('{')
    send(1)
    store.publish()
    expect([errorOf(subscription), valueOf(subscription)]).toEqual([null, 1])
  })

  it('has an error that names the event, and has its data and the cause', () => {
    const { subscribe, send, errors } = setup()
    const mistake = new TypeError('no price')
    subscribe(decode(throwing(mistake)), 'price')
    send('raw', 'price')
    const [error] = errors
    expect(error).toBeInstanceOf(EventSourceError)
    expect(error).toMatchObject({
      type: 'decode',
      message: 'The event "price" could not be read: no price',
      event: 'price',
      raw: 'raw',
    })
    expect(error?.cause).toBe(mistake)
  })

  it('has an error that names the event and the path of an invalid value', () => {
    const { subscribe, send, errors } = setup()
    const Price = z.object({ bid: z.object({ amount: z.number('expected a number') }) })
    subscribe(json(Price), 'price')
    send({ bid: { amount: '5' } }, 'price')
    expect(errors).toMatchObject([
      {
        type: 'validation',
        message: 'The event "price" could not be read: bid.amount: expected a number',
        event: 'price',
        raw: '{"bid":{"amount":"5"}}',
        cause: [{ path: ['bid', 'amount'] }],
      },
    ])
  })

  it('keeps the type, the message and the cause of an EventSourceError, which may be its cause', () => {
    const { subscribe, send, errors } = setup()
    const cause = new Error('cause')
    const mistakes = [
      new EventSourceError('validation', 'no', { cause }),
      new EventSourceError('validation', 'no'),
    ]
    for (const mistake of mistakes) subscribe(decode(throwing(mistake)))
    send('raw')
    const message = 'The event "n" could not be read: no'
    expect(errors).toMatchObject([
      { type: 'validation', message },
      { type: 'validation', message },
    ])
    expect(errors.map((error) => error.cause)).toEqual([cause, mistakes[1]])
  })

  it('never changes a thrown error, which may be thrown for several events', () => {
    const { subscribe, send, errors } = setup()
    const mistake = Object.freeze(new EventSourceError('decode', 'no'))
    for (const name of ['a', 'b']) subscribe(decode(throwing(mistake)), name)
    send('1', 'a')
    send('2', 'b')
    expect(errors).toMatchObject([
      { event: 'a', raw: '1', message: 'The event "a" could not be read: no' },
      { event: 'b', raw: '2', message: 'The event "b" could not be read: no' },
    ])
    expect([mistake.event, mistake.raw, mistake.message]).toEqual([undefined, undefined, 'no'])
  })

  it('accepts any thrown value as the cause', () => {
    const { subscribe, send, errors } = setup()
    const thrown: unknown = Object.create(null)
    subscribe(
      decode(() => {
        throw thrown
      }),
    )
    send(1)
    expect(errors[0]?.cause).toBe(thrown)
  })

  it('is not decoded again for another channel with the same decoder', () => {
    const fn = vi.fn(() => {
      throw new Error('no')
    })
    const decoder = decode(fn)
    const { subscribe, send } = setup()
    subscribe(decoder)
    subscribe(decoder.last(2))
    send(1)
    expect(fn).toHaveBeenCalledTimes(1)
  })
})

describe('an event with empty data', () => {
  const schema = z.number()

  it.each([
    ['json()', json<number>()],
    ['json(schema)', json(schema)],
  ])('has no effect on a channel of %s', (_, decoder) => {
    const validate = vi.spyOn(schema['~standard'], 'validate')
    const handler = vi.fn()
    const { subscribe, send, store, clock, errors } = setup()
    const subscriptions = [
      subscribe(decoder),
      subscribe(decoder.last(2)),
      subscribe(decoder.latestBy(String)),
      subscribe(decoder.reduce((sum, n) => sum + n, 0)),
    ]
    subscribe(decoder.forEach(handler))
    send(1)
    store.publish()
    const before = subscriptions.map(valueOf)
    handler.mockClear()
    validate.mockClear()
    const version = store.version()
    send('')
    expect(clock.pending()).toBe(0)
    expect(store.version()).toBe(version)
    expect(subscriptions.map(({ cell }) => cell?.pendingError)).toEqual([null, null, null, null])
    expect(subscriptions.map(valueOf)).toEqual(before)
    expect([handler, validate].map(({ mock }) => mock.calls)).toEqual([[], []])
    expect(errors).toEqual([])
    send(2)
    store.publish()
    expect(subscriptions.map(valueOf)).toEqual([
      2,
      [1, 2],
      new Map([
        ['1', 1],
        ['2', 2],
      ]),
      3,
    ])
    validate.mockRestore()
  })

  it('keeps the error of the event before it, and hides none that follows', () => {
    const { subscribe, send, store, errors } = setup()
    const subscription = subscribe(json())
    for (const data of ['', '{', '']) send(data)
    store.publish()
    expect(errorOf(subscription)?.raw).toBe('{')
    send('')
    store.publish()
    expect(errors).toEqual([errorOf(subscription)])
    send('1')
    store.publish()
    expect([valueOf(subscription), errorOf(subscription)]).toEqual([1, null])
  })

  it('is a value of text() and decode()', () => {
    const { subscribe, send, store } = setup()
    const subscriptions = [subscribe(text()), subscribe(decode((data) => data.length))]
    send('')
    store.publish()
    expect(subscriptions.map(valueOf)).toEqual(['', 0])
  })
})

describe('an exception in a user function', () => {
  it('is reported, keeps the value, and does not affect other subscriptions', () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const fail = (message: string) => () => {
      throw new Error(message)
    }
    const { subscribe, send, store, errors } = setup()
    const handled = vi.fn()
    const folded = subscribe(json().reduce(fail('reducer'), 7))
    const keyed = subscribe(json().latestBy(fail('key')))
    const shared = json().forEach(fail('handler'))
    subscribe(shared)
    subscribe(shared)
    subscribe(json().forEach(handled))
    const latest = subscribe(json())
    send(1)
    store.publish()
    expect(report.mock.calls.map(([error]) => error.message)).toEqual([
      'reducer',
      'key',
      'handler',
      'handler',
    ])
    expect([valueOf(folded), valueOf(keyed), valueOf(latest)]).toEqual([7, new Map(), 1])
    expect(handled).toHaveBeenCalledTimes(1)
    expect(errors).toEqual([])
  })
})

describe('adding and removing subscriptions', () => {
  it('shows a late subscription the published value of its channel', () => {
    const { subscribe, send, store } = setup()
    const first = subscribe(json().last(3))
    send(1)
    store.publish()
    send(2)
    const second = subscribe(json().last(3))
    expect(second.cell).toBe(first.cell)
    expect(valueOf(second)).toEqual([1])
    store.publish()
    expect(valueOf(second)).toEqual([1, 2])
  })

  it('starts a different channel from its initial value', () => {
    const { subscribe, send, store } = setup()
    const first = subscribe(sum())
    send(5)
    store.publish()
    const second = subscribe(sum())
    send(1)
    store.publish()
    expect([valueOf(first), valueOf(second)]).toEqual([6, 1])
  })

  it('keeps a cell without subscriptions up to date during the linger', () => {
    const { subscribe, send, store, clock } = setup({ linger: 1_000 })
    const channel = sum()
    const first = subscribe(channel)
    send(1)
    store.remove(first)
    clock.advance(999)
    send(2)
    store.publish()
    const second = subscribe(channel)
    expect(valueOf(second)).toBe(3)
    clock.advance(5_000)
    for (const n of [4, 5]) send(n)
    store.publish()
    expect(valueOf(second)).toBe(12)
  })

  it('discards a cell without subscriptions at the first event after the linger', () => {
    const { subscribe, send, store, clock } = setup({ linger: 1_000 })
    const channel = sum()
    store.remove(subscribe(channel))
    clock.advance(1_000)
    expect(store.cellOf('n', channel, undefined)).toBeDefined()
    send(1)
    expect(store.cellOf('n', channel, undefined)).toBeUndefined()
    store.publish()
    expect(valueOf(subscribe(channel))).toBe(0)
  })

  it('discards two cells at the same event, but not one that a handler has just added', () => {
    const { subscribe, send, store, clock } = setup({ linger: 0 })
    const [first, second, late] = [sum(), sum(), sum()]
    for (const channel of [first, second]) store.remove(subscribe(channel))
    const begin = vi.fn<() => void>(() => void subscribe(late))
    subscribe(json().forEach(begin))
    clock.advance(1)
    send(1)
    expect([first, second].map((channel) => store.cellOf('n', channel, undefined))).toEqual([
      undefined,
      undefined,
    ])
    expect(begin).toHaveBeenCalledTimes(1)
    expect(store.cellOf('n', late, undefined)).toBeDefined()
  })

  it('keeps a cell as long as it has a subscription', () => {
    const { subscribe, send, store, clock } = setup({ linger: 0 })
    const channel = sum()
    const [first, second] = [subscribe(channel), subscribe(channel)]
    store.remove(first)
    clock.advance(10)
    send(1)
    store.publish()
    expect(store.cellOf('n', channel, undefined)).toBe(second.cell)
    expect(valueOf(second)).toBe(1)
  })

  it('starts the linger when the last subscription is removed, and does not restart it', () => {
    const { subscribe, send, store, clock } = setup({ linger: 1_000 })
    const channel = sum()
    const subscription = subscribe(channel)
    store.remove(subscription)
    clock.advance(600)
    store.remove(subscription)
    clock.advance(600)
    send(1)
    expect(store.cellOf('n', channel, undefined)).toBeUndefined()
  })

  it('runs no channel that has outlived the linger without a subscription', () => {
    const { subscribe, send, store, clock } = setup({ linger: 1_000 })
    const reducer = vi.fn((kept: number, n: number) => kept + n)
    for (let n = 0; n < 10_000; n++)
      store.remove(subscribe(json<number>().reduce((...args) => reducer(...args), 0)))
    clock.advance(1_000)
    send(1)
    expect(reducer).not.toHaveBeenCalled()
  })

  it('discards cells that have outlived the linger when the next subscription is added', () => {
    const { subscribe, store, clock } = setup({ linger: 1_000 })
    const channels = Array.from({ length: 100 }, () => sum())
    for (const channel of channels) {
      store.remove(subscribe(channel))
      clock.advance(100)
    }
    const kept = channels.filter((channel) => store.cellOf('n', channel, undefined))
    expect(kept).toEqual(channels.slice(-10))
  })

  it('does not show the value of a discarded cell again', () => {
    const { subscribe, send, store, clock } = setup({ linger: 1_000 })
    const subscription = subscribe(sum())
    send(5)
    store.publish()
    store.remove(subscription)
    clock.advance(1_000)
    send(1)
    store.publish()
    // A returning component reads the cell before its subscription is added, and again after.
    const seen = store.cellOf('n', subscription.channel, subscription)?.published ?? 0
    store.add(subscription)
    expect(seen).toBe(valueOf(subscription))
  })

  it('does nothing for a subscription that was never added', () => {
    const { store } = setup()
    const subscription = createSubscription(json())
    store.remove(subscription)
    moveTo(store, subscription, text())
    expect(subscription.channel).toBe(text())
    expect(subscription.cell).toBeUndefined()
    expect(store.names()).toEqual([])
  })
})

describe('starting over', () => {
  it('gives every channel its initial value, and continues from there', () => {
    const { subscribe, send, store } = setup({ flush: 'sync' })
    const latest = (): Channel<unknown> => json<number>().latestBy((n) => n % 2)
    const subscriptions = [json(), json().last(3), latest(), sum()].map((channel) =>
      subscribe(channel),
    )
    for (const n of [1, 2]) send(n)
    const before = subscriptions.map(valueOf)
    store.reset()
    store.publish()
    expect(subscriptions.map(valueOf)).toEqual([undefined, [], new Map(), 0])
    send(5)
    expect(subscriptions.map(valueOf)).toEqual([5, [5], new Map([[1, 5]]), 5])
    expect(before).toEqual([
      2,
      [1, 2],
      new Map([
        [1, 1],
        [0, 2],
      ]),
      3,
    ])
  })

  it('gives a channel its initial data where a subscription has some', () => {
    const { subscribe, send, store } = setup({ flush: 'sync' })
    const channel = sum()
    const subscription = { ...createSubscription(channel), initialData: () => 100 }
    store.add(subscription)
    const other = subscribe(channel)
    send(1)
    store.reset()
    send(2)
    expect([valueOf(subscription), valueOf(other)]).toEqual([102, 102])
  })

  it('forgets an event that could not be decoded, and values that wait for a publish', () => {
    const { subscribe, send, store } = setup()
    const subscription = subscribe(sum())
    send('{oops')
    store.publish()
    send(5)
    send('{oops')
    store.reset()
    store.publish()
    expect([valueOf(subscription), errorOf(subscription)]).toEqual([0, null])
  })
})

describe('replacing the channel of a subscription', () => {
  it('keeps the cell if no other subscription uses it and only functions differ', () => {
    const { subscribe, send, store } = setup()
    const subscription = subscribe(json<number>().reduce((kept, n) => kept + n, 0))
    send(1)
    const { cell } = subscription
    moveTo(
      store,
      subscription,
      json<number>().reduce((kept, n) => kept + 100 * n, 0),
    )
    send(1)
    store.publish()
    expect(valueOf(subscription)).toBe(101)
    expect(subscription.cell).toBe(cell)
  })

  it('keeps the cell even while the subscription is removed', () => {
    const { subscribe, send, store } = setup()
    const subscription = subscribe(sum())
    send(1)
    store.remove(subscription)
    const next = sum()
    moveTo(store, subscription, next)
    send(1)
    store.publish()
    store.add(subscription)
    expect(valueOf(subscription)).toBe(2)
    expect(store.cellOf('n', next, undefined)).toBe(subscription.cell)
  })

  it('does not add a removed subscription', () => {
    const { subscribe, send, store } = setup()
    const handler = vi.fn()
    const subscription = subscribe(json())
    store.remove(subscription)
    moveTo(store, subscription, json().forEach(handler))
    send(1)
    expect(handler).not.toHaveBeenCalled()
  })

  it('calls the latest handler', () => {
    const { subscribe, send, store } = setup()
    const [first, second] = [vi.fn(), vi.fn()]
    const subscription = subscribe(json().forEach(first))
    moveTo(store, subscription, json().forEach(second))
    send(1)
    expect(first).not.toHaveBeenCalled()
    expect(second).toHaveBeenCalledTimes(1)
  })

  it('starts a new cell if others share the old one, and leaves the old one to them', () => {
    const { subscribe, send, store } = setup()
    const shared = sum()
    const [leaving, staying] = [subscribe(shared), subscribe(shared)]
    send(1)
    store.publish()
    moveTo(store, leaving, sum())
    send(1)
    store.publish()
    expect([valueOf(leaving), valueOf(staying)]).toEqual([1, 2])
    expect(staying.channel).toBe(shared)
  })

  it('starts a new cell if the new channel keeps something else', () => {
    const { subscribe, send, store } = setup()
    const subscription = subscribe(json().last(2))
    send(1)
    store.publish()
    moveTo(store, subscription, json().last(5))
    expect(valueOf(subscription)).toEqual([])
    send(2)
    store.publish()
    expect(valueOf(subscription)).toEqual([2])
  })

  it('joins the existing cell of the new channel', () => {
    const { subscribe, send, store } = setup()
    const shared = sum()
    const first = subscribe(shared)
    send(1)
    const subscription = subscribe(sum())
    moveTo(store, subscription, shared)
    store.publish()
    expect(subscription.cell).toBe(first.cell)
    expect(valueOf(subscription)).toBe(1)
  })

  it('changes nothing if the channel is the same', () => {
    const { subscribe, store } = setup()
    const channel = sum()
    const subscription = subscribe(channel)
    const { cell } = subscription
    moveTo(store, subscription, channel)
    expect(subscription.cell).toBe(cell)
  })

  it('cellOf() returns the current cell for a new channel of equal shape', () => {
    const { subscribe, send, store } = setup()
    const subscription = subscribe(sum())
    send(1)
    store.publish()
    const next = sum()
    expect(store.cellOf('n', next, subscription)).toBe(subscription.cell)
    expect(store.cellOf('n', next, undefined)).toBeUndefined()
    expect(store.cellOf('other', next, subscription)).toBeUndefined()
    expect(store.cellOf('n', json().last(2), subscription)).toBeUndefined()
    expect(subscription.channel).not.toBe(next)
  })
})

describe('during a dispatch', () => {
  it('a channel that a handler adds misses the current event', () => {
    const { subscribe, send, store } = setup()
    const late: Subscription[] = []
    const seen: unknown[] = []
    subscribe(
      json().forEach(() => {
        if (late.length > 0) return
        late.push(subscribe(json().last(9)), subscribe(json().forEach((n) => seen.push(n))))
      }),
    )
    send(1)
    send(2)
    store.publish()
    expect(valueOf(late[0])).toEqual([2])
    expect(seen).toEqual([2])
  })

  it('a handler that another handler removes misses the current event', () => {
    const { subscribe, send, store } = setup()
    const shared = json().forEach((n) => seen.push(n))
    const seen: unknown[] = []
    subscribe(json().forEach(() => others.forEach((other) => store.remove(other))))
    const others = [subscribe(shared), subscribe(shared)]
    send(1)
    expect(seen).toEqual([])
  })

  it('a subscription that a handler of its channel removes misses the current event', () => {
    const { subscribe, send, store } = setup()
    const seen: unknown[] = []
    const shared = json().forEach((n) => {
      seen.push(n)
      store.remove(other)
    })
    subscribe(shared)
    const other = subscribe(shared)
    send(1)
    expect(seen).toEqual([1])
  })

  it('a handler that removes and adds itself is called once for each event', () => {
    const { subscribe, send, store } = setup()
    const seen: unknown[] = []
    const subscription: Subscription = subscribe(
      json().forEach((n) => {
        // Ends the test if the handler is called endlessly.
        if (seen.push(n) > 10) return
        store.remove(subscription)
        store.add(subscription)
      }),
    )
    send(1)
    send(2)
    expect(seen).toEqual([1, 2])
  })

  it('a subscription that a handler adds to its own channel misses the current event', () => {
    const { subscribe, send } = setup()
    const seen: unknown[] = []
    const shared = json().forEach((n) => {
      seen.push(n)
      if (seen.length === 1) subscribe(shared)
    })
    subscribe(shared)
    send(1)
    expect(seen).toEqual([1])
    send(2)
    expect(seen).toEqual([1, 2, 2])
  })

  it('a decoder that replaces another of the same shape decodes the next event', () => {
    const { subscribe, send, store } = setup()
    const subscription = subscribe(decode((data) => `first ${data}`).last(2))
    send('1')
    moveTo(store, subscription, decode((data) => `second ${data}`).last(2))
    send('2')
    store.publish()
    expect(valueOf(subscription)).toEqual(['first 1', 'second 2'])
  })

  it('a handler that replaces itself is called once for each event', () => {
    const { subscribe, send, store } = setup()
    const seen: unknown[] = []
    const make = (): Channel<never> =>
      json().forEach((n) => {
        seen.push(n)
        moveTo(store, subscription, make())
      })
    const subscription = subscribe(make())
    send(1)
    send(2)
    expect(seen).toEqual([1, 2])
  })

  it('a reducer that a handler replaces adds each event once', () => {
    const { subscribe, send, store } = setup()
    subscribe(json().forEach(() => moveTo(store, folded, sum())))
    const folded = subscribe(sum())
    subscribe(json().forEach(() => moveTo(store, folded, sum())))
    for (const n of [1, 2, 3]) send(n)
    store.publish()
    expect(valueOf(folded)).toBe(6)
  })

  it('a handler that publishes makes the values so far visible', () => {
    const { subscribe, send, store } = setup()
    const before = subscribe(sum())
    const seen: unknown[] = []
    subscribe(
      json().forEach(() => {
        store.publish()
        seen.push([valueOf(before), valueOf(after)])
      }),
    )
    const after = subscribe(json<number>().last(3))
    send(1)
    send(2)
    store.publish()
    expect(seen).toEqual([
      [1, []],
      [3, [1]],
    ])
    expect(valueOf(after)).toEqual([1, 2])
  })
})

describe('any sequence of adding, removing, replacing, dispatching and publishing', () => {
  // Channels of one kind differ only in their functions.
  const makers: Record<string, (log: unknown[]) => Channel<unknown>> = {
    latest: () => json(),
    'last 2': () => json().last(2),
    'last 3': () => json().last(3),
    reduce: () => json<number>().reduce((kept, n) => kept + n, 0),
    latestBy: () => json<number>().latestBy((n) => n % 3),
    forEach: (log) => json().forEach((n) => log.push(n)),
  }
  const kind = fc.constantFrom(...Object.keys(makers))
  const which = fc.nat(3)
  const step = fc.oneof(
    fc.record({ type: fc.constant('subscribe' as const), kind, fromPool: fc.boolean(), which }),
    fc.record({ type: fc.constantFrom('add' as const, 'remove' as const), which }),
    fc.record({ type: fc.constant('replace' as const), which, kind, fromPool: fc.boolean() }),
    fc.record({ type: fc.constant('send' as const), n: fc.option(fc.nat(9), { freq: 4 }) }),
    fc.record({ type: fc.constantFrom('publish' as const, 'wait' as const) }),
  )

  it('keeps the same values as a naive model', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { store, send, clock } = setup({ linger: 100 })
        const model = createModel(100)
        const subscriptions: { real: Subscription; model: ModelSubscription; log: unknown[] }[] = []
        const pools = new Map<string, { channel: Channel<unknown>; log: unknown[] }>()
        const published: [unknown, unknown][] = []
        const channelOf = (kind: string, fromPool: boolean) => {
          const make = () => {
            const log: unknown[] = []
            return { channel: (makers[kind] as (typeof makers)[string])(log), log }
          }
          if (!fromPool) return make()
          const made = pools.get(kind) ?? make()
          pools.set(kind, made)
          return made
        }
        let expected = 0
        for (const step of steps) {
          const subscription =
            'which' in step ? subscriptions[step.which % (subscriptions.length || 1)] : undefined
          if (step.type === 'subscribe') {
            const { channel, log } = channelOf(step.kind, step.fromPool)
            const real = createSubscription(channel)
            store.add(real)
            subscriptions.push({ real, model: model.subscribe(channel), log })
          } else if (step.type === 'add' && subscription) {
            if (subscription.model.isAdded) continue
            store.add(subscription.real)
            model.add(subscription.model)
          } else if (step.type === 'remove' && subscription) {
            store.remove(subscription.real)
            model.remove(subscription.model)
          } else if (step.type === 'replace' && subscription) {
            const { channel, log } = channelOf(step.kind, step.fromPool)
            moveTo(store, subscription.real, channel)
            model.replace(subscription.model, channel)
            subscription.log = log
          } else if (step.type === 'send') {
            send(step.n ?? '{oops')
            expected += model.send(step.n)
          } else if (step.type === 'publish') {
            store.publish()
            model.publish()
          } else if (step.type === 'wait') {
            clock.advance(60)
            model.wait(60)
          }
          for (const { real, model } of subscriptions) {
            if (!model.isAdded) continue
            const { cell } = real
            expect(store.cellOf('n', real.channel, undefined)).toBe(cell)
            expect(errorOf(real)?.type).toBe(model.cell.hasPublishedError ? 'decode' : undefined)
            const value = valueOf(real)
            if (model.channel.fold) expect(value).toEqual(valueOfCell(model.cell))
            published.push([value, copyOf(value)])
          }
        }
        for (const [value, copy] of published) expect(value).toEqual(copy)
        const logs = new Set([...pools.values(), ...subscriptions].map(({ log }) => log))
        const all = model.logs()
        expect([...logs].reduce((count, log) => count + log.length, 0)).toBeLessThanOrEqual(
          expected,
        )
        for (const { model, log } of subscriptions) {
          if (model.isAdded && !model.channel.fold) expect(log).toEqual(all.get(model.channel))
        }
      }),
      { numRuns: 500 },
    )
  })
})

interface SetupOptions {
  flush?: Flush
  linger?: number
}

function throwing(thrown: unknown): () => never {
  return () => {
    throw thrown
  }
}

function setup({ flush = 'frame', linger = 1_000 }: SetupOptions = {}) {
  const clock = createClock()
  const options = { flush, linger }
  const names: string[] = []
  const errors: EventSourceError[] = []
  let flushes = 0
  const store = createChannelStore(
    {
      environment: clock,
      option: (name) => options[name as keyof typeof options] as never,
      publish() {
        flushes++
        store.publish()
      },
      callUsers: (_, error) => errors.push(error as EventSourceError),
    },
    (name) => names.push(name),
  )
  return {
    store,
    clock,
    names,
    errors,
    flushes: () => flushes,
    /** Adds a new subscription to the channel. */
    subscribe(channel: Channel<unknown>, name = 'n'): Subscription {
      const subscription = createSubscription(channel, name)
      store.add(subscription)
      return subscription
    },
    send(data: unknown, type = 'n') {
      const event = serverSentEvent(type, typeof data === 'string' ? data : JSON.stringify(data))
      store.dispatch(event)
      return event
    },
  }
}

function createSubscription(channel: Channel<unknown>, name = 'n'): Subscription {
  return { name, channel, initialData: () => undefined }
}

/** Replaces the channel as an observer does: sets the field, then calls the store. */
function moveTo(store: ChannelStore, subscription: Subscription, channel: Channel<unknown>): void {
  const previous = subscription.channel
  subscription.channel = channel
  store.replaceChannel(subscription, previous)
}

function valueOf(subscription: Subscription | undefined): unknown {
  return subscription?.cell?.published
}

function errorOf(subscription: Subscription | undefined): EventSourceError | null | undefined {
  return subscription?.cell?.publishedError
}

function copyOf(value: unknown): unknown {
  return value instanceof Map ? new Map(value) : Array.isArray(value) ? [...value] : value
}

/** All values of one channel, and how many of them are published. */
interface Cell {
  channel: Channel<unknown>
  readonly values: number[]
  publishedCount: number
  hasPublishedError: boolean
  hasPendingError: boolean
  expiresAt: number
}

interface ModelSubscription {
  channel: Channel<unknown>
  cell: Cell
  isAdded: boolean
}

/** Implements the documented behaviour of the store, without regard to speed. */
function createModel(linger: number) {
  let cells: Cell[] = []
  const subscriptions: ModelSubscription[] = []
  const logs = new Map<Channel<unknown>, number[]>()
  let now = 0
  const find = (channel: Channel<unknown>) => cells.find((cell) => cell.channel === channel)
  const subscriptionsOf = (cell: Cell) =>
    subscriptions.filter((other) => other.isAdded && other.cell === cell)

  return { subscribe, add, remove, replace, send, publish, wait, logs: () => logs }

  function subscribe(channel: Channel<unknown>): ModelSubscription {
    const subscription: ModelSubscription = { channel, cell: makeCell(channel), isAdded: false }
    subscriptions.push(subscription)
    add(subscription)
    return subscription
  }

  function add(subscription: ModelSubscription): void {
    const { channel } = subscription
    const cell = find(channel) ?? makeCell(channel)
    if (!cells.includes(cell)) cells.push(cell)
    subscription.cell = cell
    subscription.isAdded = true
    if (!logs.has(channel)) logs.set(channel, [])
  }

  function remove(subscription: ModelSubscription): void {
    if (!subscription.isAdded) return
    subscription.isAdded = false
    if (subscriptionsOf(subscription.cell).length === 0) subscription.cell.expiresAt = now + linger
  }

  function replace(subscription: ModelSubscription, channel: Channel<unknown>): void {
    const { channel: previous, cell, isAdded } = subscription
    subscription.channel = channel
    if (previous === channel) return
    const isAlone = subscriptionsOf(cell).every((other) => other === subscription)
    if (isAlone && !find(channel) && cell.channel.shape === channel.shape) {
      cell.channel = channel
      if (!logs.has(channel)) logs.set(channel, [])
    } else if (isAdded) {
      remove(subscription)
      add(subscription)
    }
  }

  function send(n: number | null): number {
    let calls = 0
    cells = cells.filter((cell) => subscriptionsOf(cell).length > 0 || cell.expiresAt > now)
    for (const cell of cells) {
      cell.hasPendingError = n === null
      if (n === null) continue
      cell.values.push(n)
      for (const _ of subscriptionsOf(cell)) {
        if (cell.channel.fold) continue
        logs.get(cell.channel)?.push(n)
        calls++
      }
    }
    return calls
  }

  function publish(): void {
    for (const cell of cells) {
      cell.publishedCount = cell.values.length
      cell.hasPublishedError = cell.hasPendingError
    }
  }

  function wait(ms: number): void {
    now += ms
  }
}

function makeCell(channel: Channel<unknown>): Cell {
  return {
    channel,
    values: [],
    publishedCount: 0,
    hasPublishedError: false,
    hasPendingError: false,
    expiresAt: 0,
  }
}

function valueOfCell({ channel, values, publishedCount }: Cell): unknown {
  const seen = values.slice(0, publishedCount)
  const [, kind, count] = channel.shape.split(' ')
  if (kind === 'last') return seen.slice(-Number(count))
  if (kind === 'latestBy') return new Map(seen.map((n) => [n % 3, n]))
  return kind === 'reduce' ? seen.reduce((kept, n) => kept + n, 0) : seen.at(-1)
}
