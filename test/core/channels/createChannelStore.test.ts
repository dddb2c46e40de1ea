import fc from 'fast-check'
import { type Channel, decode, EventSourceError, json, text } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type ChannelStore,
  createChannelStore,
  type Subscription,
} from '../../../src/core/channels/createChannelStore.ts'
import type { Flush } from '../../../src/core/options.ts'
import { createClock } from '../../support/clock.ts'
import { serverSentEvent } from '../../support/scriptedTransport.ts'

const sum = (): Channel<number> => json<number>().reduce((kept, n) => kept + n, 0)

afterEach(() => vi.unstubAllGlobals())

describe('names', () => {
  it('tells of a name once, when it is first listened to, and lists them all', () => {
    const { hold, names, store } = setup()
    hold(json(), 'a')
    hold(text(), 'a')
    hold(json(), 'b')
    store.remove(hold(sum(), 'c'))
    hold(json(), 'c')
    expect(names).toEqual(['a', 'b', 'c'])
    expect([...store.names()]).toEqual(['a', 'b', 'c'])
  })

  it('has a cell for each event that one channel stands under', () => {
    const { hold, send, store } = setup({ flush: 'sync' })
    const a = hold(json(), 'a')
    const b = hold(json(), 'b')
    send(1, 'a')
    expect([valueOf(a), valueOf(b)]).toEqual([1, undefined])
    expect(store.findCell('a', json(), undefined)).toBe(a.cell)
    expect(store.findCell('c', json(), undefined)).toBeUndefined()
  })

  it('leaves an event that nobody listens to alone', () => {
    const { send, clock, flushes } = setup()
    send(1, 'unheard')
    expect(flushes()).toBe(0)
    expect(clock.pending()).toBe(0)
  })
})

describe('publishing', () => {
  it('changes what is seen in a flush only, once a frame', () => {
    const { hold, send, clock, flushes } = setup()
    const subscriptions = [hold(json()), hold(json().last(2)), hold(sum())]
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

  it('flushes at each event where it is "sync"', () => {
    const { hold, send, clock, flushes } = setup({ flush: 'sync' })
    const subscription = hold(json())
    for (const n of [1, 2]) {
      send(n)
      expect(valueOf(subscription)).toBe(n)
    }
    expect(flushes()).toBe(2)
    expect(clock.pending()).toBe(0)
  })

  it('flushes once in so many ms where it is a number', () => {
    const { hold, send, clock, flushes } = setup({ flush: 250 })
    const subscription = hold(json())
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

  it('takes back the flush that waits when it publishes before', () => {
    for (const flush of ['frame', 100] as const) {
      const { hold, send, store, clock } = setup({ flush })
      const subscription = hold(json())
      send(1)
      store.publish()
      expect(valueOf(subscription)).toBe(1)
      expect(clock.pending()).toBe(0)
      send(2)
      expect(clock.pending()).toBe(1)
    }
  })

  it('never changes what it has published', () => {
    const { hold, send, store } = setup()
    const list = hold(json<number>().last(3))
    const map = hold(json<number>().latestBy((n) => n % 2))
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

  it('keeps the identity of what has not changed', () => {
    const { hold, send, store } = setup()
    const list = hold(json().last(3), 'a')
    hold(json(), 'b')
    send(1, 'a')
    store.publish()
    const before = valueOf(list)
    send(1, 'b')
    store.publish()
    store.publish()
    expect(valueOf(list)).toBe(before)
  })

  it('asks for no flush where handlers alone have seen the event', () => {
    const { hold, send, clock, flushes } = setup()
    hold(json().forEach(() => {}))
    send(1)
    expect(clock.pending()).toBe(0)
    expect(flushes()).toBe(0)
  })
})

describe('decoding', () => {
  it('decodes once for each decoder and event', () => {
    const fn = vi.fn(Number)
    const decoder = decode<number>(fn)
    const { hold, send, store } = setup()
    const handled: number[] = []
    const subscriptions = [
      hold(decoder),
      hold(decoder),
      hold(decoder.last(2)),
      hold(decoder.reduce((kept, n) => kept + n, 0)),
    ]
    hold(decoder.forEach((n) => handled.push(n)))
    send(1)
    send(2)
    store.publish()
    expect(fn).toHaveBeenCalledTimes(2)
    expect(subscriptions.map(valueOf)).toEqual([2, 2, [1, 2], 3])
    expect(handled).toEqual([1, 2])
  })

  it('decodes each event with each decoder that is held', () => {
    const { hold, send, store } = setup()
    const [a, b] = [hold(json()), hold(text())]
    send(1)
    store.publish()
    expect([valueOf(a), valueOf(b)]).toEqual([1, '1'])
  })

  it('adds the values that arrive in turn, exactly once', () => {
    const { hold, send, store } = setup()
    const all = hold(json<number>().last(5_000))
    for (let n = 0; n < 2_000; n++) send(n)
    store.publish()
    expect(valueOf(all)).toEqual(Array.from({ length: 2_000 }, (_, n) => n))
  })

  it('calls a handler for each event at once, with the value and the event', () => {
    const { hold, send } = setup()
    const handler = vi.fn()
    hold(json().forEach(handler))
    const event = send({ a: 1 })
    expect(handler).toHaveBeenCalledExactlyOnceWith({ a: 1 }, event)
  })

  it('calls the handler of each subscription, also where they share a channel', () => {
    const { hold, send } = setup()
    const handler = vi.fn()
    const shared = json().forEach(handler)
    hold(shared)
    hold(shared)
    send(1)
    expect(handler).toHaveBeenCalledTimes(2)
  })
})

describe('an event that can not be read', () => {
  it('leaves the value, and is seen by the subscriptions of its decoder until the next good one', () => {
    const { hold, send, store, errors } = setup()
    const [bad, good] = [hold(json()), hold(text())]
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

  it('is told once for each decoder, whatever the number of its subscriptions', () => {
    const { hold, send, store, errors } = setup()
    const subscriptions = [hold(json()), hold(json()), hold(json().last(3)), hold(sum())]
    send('{')
    store.publish()
    expect(errors).toHaveLength(1)
    expect(new Set(subscriptions.map(errorOf))).toEqual(new Set(errors))
  })

  it('reaches no handler, but the next flush, also where a handler alone listens', () => {
    const { hold, send, clock } = setup()
    const handler = vi.fn()
    const subscription = hold(json().forEach(handler))
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

  it('is not seen at all where a good one comes before the flush', () => {
    const { hold, send, store } = setup()
    const subscription = hold(json())
    send('{')
    send(1)
    store.publish()
    expect([errorOf(subscription), valueOf(subscription)]).toEqual([null, 1])
  })

  it('keeps the type of an EventSourceError, and says which event it was', () => {
    const { hold, send, errors } = setup()
    const mistake = new EventSourceError('validation', 'no')
    hold(
      decode(() => {
        throw mistake
      }),
    )
    send('raw')
    expect(errors).toEqual([mistake])
    expect(mistake).toMatchObject({ type: 'validation', event: 'n', raw: 'raw' })
  })

  it('may have been refused with anything at all', () => {
    const { hold, send, errors } = setup()
    const thrown: unknown = Object.create(null)
    hold(
      decode(() => {
        throw thrown
      }),
    )
    send(1)
    expect(errors[0]?.cause).toBe(thrown)
  })

  it('is no reason to decode again for the next keeper of the decoder', () => {
    const fn = vi.fn(() => {
      throw new Error('no')
    })
    const decoder = decode(fn)
    const { hold, send } = setup()
    hold(decoder)
    hold(decoder.last(2))
    send(1)
    expect(fn).toHaveBeenCalledTimes(1)
  })
})

describe('an exception of the user', () => {
  it('is reported, leaves what is kept, and harms nobody else', () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const fail = (message: string) => () => {
      throw new Error(message)
    }
    const { hold, send, store, errors } = setup()
    const handled = vi.fn()
    const folded = hold(json().reduce(fail('reducer'), 7))
    const keyed = hold(json().latestBy(fail('key')))
    const shared = json().forEach(fail('handler'))
    hold(shared)
    hold(shared)
    hold(json().forEach(handled))
    const latest = hold(json())
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

describe('holding', () => {
  it('shows a subscription that comes late what its channel keeps already', () => {
    const { hold, send, store } = setup()
    const first = hold(json().last(3))
    send(1)
    store.publish()
    send(2)
    const second = hold(json().last(3))
    expect(second.cell).toBe(first.cell)
    expect(valueOf(second)).toEqual([1])
    store.publish()
    expect(valueOf(second)).toEqual([1, 2])
  })

  it('starts a channel of its own afresh', () => {
    const { hold, send, store } = setup()
    const first = hold(sum())
    send(5)
    store.publish()
    const second = hold(sum())
    send(1)
    store.publish()
    expect([valueOf(first), valueOf(second)]).toEqual([6, 1])
  })

  it('goes on keeping for the linger what nobody holds', () => {
    const { hold, send, store, clock } = setup({ linger: 1_000 })
    const channel = sum()
    const first = hold(channel)
    send(1)
    store.remove(first)
    clock.advance(999)
    send(2)
    store.publish()
    const second = hold(channel)
    expect(valueOf(second)).toBe(3)
    clock.advance(5_000)
    for (const n of [4, 5]) send(n)
    store.publish()
    expect(valueOf(second)).toBe(12)
  })

  it('drops it with the first event after the linger', () => {
    const { hold, send, store, clock } = setup({ linger: 1_000 })
    const channel = sum()
    store.remove(hold(channel))
    clock.advance(1_000)
    expect(store.findCell('n', channel, undefined)).toBeDefined()
    send(1)
    expect(store.findCell('n', channel, undefined)).toBeUndefined()
    store.publish()
    expect(valueOf(hold(channel))).toBe(0)
  })

  it('drops two at once, and not the one that a handler begins meanwhile', () => {
    const { hold, send, store, clock } = setup({ linger: 0 })
    const [first, second, late] = [sum(), sum(), sum()]
    for (const channel of [first, second]) store.remove(hold(channel))
    const begin = vi.fn<() => void>(() => void hold(late))
    hold(json().forEach(begin))
    clock.advance(1)
    send(1)
    expect([first, second].map((channel) => store.findCell('n', channel, undefined))).toEqual([
      undefined,
      undefined,
    ])
    expect(begin).toHaveBeenCalledTimes(1)
    expect(store.findCell('n', late, undefined)).toBeDefined()
  })

  it('keeps it as long as one subscription is left', () => {
    const { hold, send, store, clock } = setup({ linger: 0 })
    const channel = sum()
    const [first, second] = [hold(channel), hold(channel)]
    store.remove(first)
    clock.advance(10)
    send(1)
    store.publish()
    expect(store.findCell('n', channel, undefined)).toBe(second.cell)
    expect(valueOf(second)).toBe(1)
  })

  it('counts the linger from the last unbind, once', () => {
    const { hold, send, store, clock } = setup({ linger: 1_000 })
    const channel = sum()
    const subscription = hold(channel)
    store.remove(subscription)
    clock.advance(600)
    store.remove(subscription)
    clock.advance(600)
    send(1)
    expect(store.findCell('n', channel, undefined)).toBeUndefined()
  })

  it('does not show again what it has dropped', () => {
    const { hold, send, store, clock } = setup({ linger: 1_000 })
    const subscription = hold(sum())
    send(5)
    store.publish()
    store.remove(subscription)
    clock.advance(1_000)
    send(1)
    store.publish()
    // What a component sees when it is about to come back, and what it holds once it is.
    const seen = store.findCell('n', subscription.channel, subscription)?.published ?? 0
    store.add(subscription)
    expect(seen).toBe(valueOf(subscription))
  })

  it('does nothing where a subscription was never bound', () => {
    const { store } = setup()
    const subscription = createSubscription(json())
    store.remove(subscription)
    moveTo(store, subscription, text())
    expect(subscription.channel).toBe(text())
    expect(subscription.cell).toBeUndefined()
    expect(store.names()).toEqual([])
  })
})

describe('another channel for a subscription', () => {
  it('takes over what it held alone, if they differ in functions alone', () => {
    const { hold, send, store } = setup()
    const subscription = hold(json<number>().reduce((kept, n) => kept + n, 0))
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

  it('takes over for as long as it is unbound, too', () => {
    const { hold, send, store } = setup()
    const subscription = hold(sum())
    send(1)
    store.remove(subscription)
    const next = sum()
    moveTo(store, subscription, next)
    send(1)
    store.publish()
    store.add(subscription)
    expect(valueOf(subscription)).toBe(2)
    expect(store.findCell('n', next, undefined)).toBe(subscription.cell)
  })

  it('is not bound by it where it was not', () => {
    const { hold, send, store } = setup()
    const handler = vi.fn()
    const subscription = hold(json())
    store.remove(subscription)
    moveTo(store, subscription, json().forEach(handler))
    send(1)
    expect(handler).not.toHaveBeenCalled()
  })

  it('calls the handler given last', () => {
    const { hold, send, store } = setup()
    const [first, second] = [vi.fn(), vi.fn()]
    const subscription = hold(json().forEach(first))
    moveTo(store, subscription, json().forEach(second))
    send(1)
    expect(first).not.toHaveBeenCalled()
    expect(second).toHaveBeenCalledTimes(1)
  })

  it('starts afresh where it shares what it held, and leaves that to the others', () => {
    const { hold, send, store } = setup()
    const shared = sum()
    const [leaving, staying] = [hold(shared), hold(shared)]
    send(1)
    store.publish()
    moveTo(store, leaving, sum())
    send(1)
    store.publish()
    expect([valueOf(leaving), valueOf(staying)]).toEqual([1, 2])
    expect(staying.channel).toBe(shared)
  })

  it('starts afresh where it keeps something else', () => {
    const { hold, send, store } = setup()
    const subscription = hold(json().last(2))
    send(1)
    store.publish()
    moveTo(store, subscription, json().last(5))
    expect(valueOf(subscription)).toEqual([])
    send(2)
    store.publish()
    expect(valueOf(subscription)).toEqual([2])
  })

  it('joins those who hold that channel already', () => {
    const { hold, send, store } = setup()
    const shared = sum()
    const first = hold(shared)
    send(1)
    const subscription = hold(sum())
    moveTo(store, subscription, shared)
    store.publish()
    expect(subscription.cell).toBe(first.cell)
    expect(valueOf(subscription)).toBe(1)
  })

  it('changes nothing where it is the same', () => {
    const { hold, store } = setup()
    const channel = sum()
    const subscription = hold(channel)
    const { cell } = subscription
    moveTo(store, subscription, channel)
    expect(subscription.cell).toBe(cell)
  })

  it('is seen before it is given, by peek alone', () => {
    const { hold, send, store } = setup()
    const subscription = hold(sum())
    send(1)
    store.publish()
    const next = sum()
    expect(store.findCell('n', next, subscription)).toBe(subscription.cell)
    expect(store.findCell('n', next, undefined)).toBeUndefined()
    expect(store.findCell('other', next, subscription)).toBeUndefined()
    expect(store.findCell('n', json().last(2), subscription)).toBeUndefined()
    expect(subscription.channel).not.toBe(next)
  })
})

describe('during a dispatch', () => {
  it('a handler that binds a channel does not bring it the event under way', () => {
    const { hold, send, store } = setup()
    const late: Subscription[] = []
    const seen: unknown[] = []
    hold(
      json().forEach(() => {
        if (late.length > 0) return
        late.push(hold(json().last(9)), hold(json().forEach((n) => seen.push(n))))
      }),
    )
    send(1)
    send(2)
    store.publish()
    expect(valueOf(late[0])).toEqual([2])
    expect(seen).toEqual([2])
  })

  it('a handler that unbinds another keeps it from the event under way', () => {
    const { hold, send, store } = setup()
    const shared = json().forEach((n) => seen.push(n))
    const seen: unknown[] = []
    hold(json().forEach(() => others.forEach((other) => store.remove(other))))
    const others = [hold(shared), hold(shared)]
    send(1)
    expect(seen).toEqual([])
  })

  it('a handler that unbinds another subscription of its channel keeps it from the event', () => {
    const { hold, send, store } = setup()
    const seen: unknown[] = []
    const shared = json().forEach((n) => {
      seen.push(n)
      store.remove(other)
    })
    hold(shared)
    const other = hold(shared)
    send(1)
    expect(seen).toEqual([1])
  })

  it('a handler that leaves and comes back is called once for each event', () => {
    const { hold, send, store } = setup()
    const seen: unknown[] = []
    const subscription: Subscription = hold(
      json().forEach((n) => {
        // Not for ever, lest this test never end.
        if (seen.push(n) > 10) return
        store.remove(subscription)
        store.add(subscription)
      }),
    )
    send(1)
    send(2)
    expect(seen).toEqual([1, 2])
  })

  it('a subscription that joins a handler does not get the event under way', () => {
    const { hold, send } = setup()
    const seen: unknown[] = []
    const shared = json().forEach((n) => {
      seen.push(n)
      if (seen.length === 1) hold(shared)
    })
    hold(shared)
    send(1)
    expect(seen).toEqual([1])
    send(2)
    expect(seen).toEqual([1, 2, 2])
  })

  it('a decoder that is replaced by another of its shape reads the next event', () => {
    const { hold, send, store } = setup()
    const subscription = hold(decode((data) => `first ${data}`).last(2))
    send('1')
    moveTo(store, subscription, decode((data) => `second ${data}`).last(2))
    send('2')
    store.publish()
    expect(valueOf(subscription)).toEqual(['first 1', 'second 2'])
  })

  it('a handler that replaces itself is called once for each event', () => {
    const { hold, send, store } = setup()
    const seen: unknown[] = []
    const make = (): Channel<never> =>
      json().forEach((n) => {
        seen.push(n)
        moveTo(store, subscription, make())
      })
    const subscription = hold(make())
    send(1)
    send(2)
    expect(seen).toEqual([1, 2])
  })

  it('a reducer that is replaced by a handler has folded each event once', () => {
    const { hold, send, store } = setup()
    hold(json().forEach(() => moveTo(store, folded, sum())))
    const folded = hold(sum())
    hold(json().forEach(() => moveTo(store, folded, sum())))
    for (const n of [1, 2, 3]) send(n)
    store.publish()
    expect(valueOf(folded)).toBe(6)
  })

  it('a handler that publishes shows what was kept so far', () => {
    const { hold, send, store } = setup()
    const before = hold(sum())
    const seen: unknown[] = []
    hold(
      json().forEach(() => {
        store.publish()
        seen.push([valueOf(before), valueOf(after)])
      }),
    )
    const after = hold(json<number>().last(3))
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

describe('any sequence of binding, replacing, dispatching and publishing', () => {
  // Those of one kind differ in functions alone.
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
    fc.record({ type: fc.constant('hold' as const), kind, fromPool: fc.boolean(), which }),
    fc.record({ type: fc.constantFrom('bind' as const, 'unbind' as const), which }),
    fc.record({ type: fc.constant('replace' as const), which, kind, fromPool: fc.boolean() }),
    fc.record({ type: fc.constant('send' as const), n: fc.option(fc.nat(9), { freq: 4 }) }),
    fc.record({ type: fc.constantFrom('publish' as const, 'wait' as const) }),
  )

  it('keeps what a naive model keeps', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { store, send, clock } = setup({ linger: 100 })
        const model = createModel(100)
        const subscriptions: { real: Subscription; model: ModelHolder; log: unknown[] }[] = []
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
          if (step.type === 'hold') {
            const { channel, log } = channelOf(step.kind, step.fromPool)
            const real = createSubscription(channel)
            store.add(real)
            subscriptions.push({ real, model: model.hold(channel), log })
          } else if (step.type === 'bind' && subscription) {
            if (subscription.model.isBound) continue
            store.add(subscription.real)
            model.bind(subscription.model)
          } else if (step.type === 'unbind' && subscription) {
            store.remove(subscription.real)
            model.unbind(subscription.model)
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
            if (!model.isBound) continue
            const { cell } = real
            expect(store.findCell('n', real.channel, undefined)).toBe(cell)
            expect(errorOf(real)?.type).toBe(model.cell.hasError ? 'decode' : undefined)
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
          if (model.isBound && !model.channel.fold) expect(log).toEqual(all.get(model.channel))
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
    /** Binds a new subscription of the channel. */
    hold(channel: Channel<unknown>, name = 'n'): Subscription {
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

/** Replaces the channel as an observer does: writes the field, then tells the store. */
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

/** What one channel has seen: all of it, and how much of that was published. */
interface Cell {
  channel: Channel<unknown>
  readonly values: number[]
  publishedCount: number
  hasError: boolean
  hasErrorByNow: boolean
  expiresAt: number
}

interface ModelHolder {
  channel: Channel<unknown>
  cell: Cell
  isBound: boolean
}

/** The store as its documentation tells it, with no thought of speed. */
function createModel(linger: number) {
  let cells: Cell[] = []
  const subscriptions: ModelHolder[] = []
  const logs = new Map<Channel<unknown>, number[]>()
  let now = 0
  const find = (channel: Channel<unknown>) => cells.find((cell) => cell.channel === channel)
  const holdersOf = (cell: Cell) =>
    subscriptions.filter((held) => held.isBound && held.cell === cell)

  return { hold, bind, unbind, replace, send, publish, wait, logs: () => logs }

  function hold(channel: Channel<unknown>): ModelHolder {
    const subscription: ModelHolder = { channel, cell: makeCell(channel), isBound: false }
    subscriptions.push(subscription)
    bind(subscription)
    return subscription
  }

  function bind(subscription: ModelHolder): void {
    const { channel } = subscription
    const cell = find(channel) ?? makeCell(channel)
    if (!cells.includes(cell)) cells.push(cell)
    subscription.cell = cell
    subscription.isBound = true
    if (!logs.has(channel)) logs.set(channel, [])
  }

  function unbind(subscription: ModelHolder): void {
    if (!subscription.isBound) return
    subscription.isBound = false
    if (holdersOf(subscription.cell).length === 0) subscription.cell.expiresAt = now + linger
  }

  function replace(subscription: ModelHolder, channel: Channel<unknown>): void {
    const { channel: previous, cell, isBound } = subscription
    subscription.channel = channel
    if (previous === channel) return
    const isAlone = holdersOf(cell).every((held) => held === subscription)
    if (isAlone && !find(channel) && cell.channel.shape === channel.shape) {
      cell.channel = channel
      if (!logs.has(channel)) logs.set(channel, [])
    } else if (isBound) {
      unbind(subscription)
      bind(subscription)
    }
  }

  function send(n: number | null): number {
    let calls = 0
    cells = cells.filter((cell) => holdersOf(cell).length > 0 || cell.expiresAt > now)
    for (const cell of cells) {
      cell.hasErrorByNow = n === null
      if (n === null) continue
      cell.values.push(n)
      for (const _ of holdersOf(cell)) {
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
      cell.hasError = cell.hasErrorByNow
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
    hasError: false,
    hasErrorByNow: false,
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
