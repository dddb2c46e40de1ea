import { type Channel, decode, json, text } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serverSentEvent } from '../../support/scriptedTransport.ts'

afterEach(() => vi.unstubAllEnvs())

interface Trade {
  symbol: string
  price: number
}

describe('the identity of a channel', () => {
  it('is the same for equal event names and lengths, however often the channel is written', () => {
    for (const make of [() => json(), () => text()]) {
      expect(make()).toBe(make())
      expect(make().from('a')).toBe(make().from('a'))
      expect(make().from('a').from('b')).toBe(make().from('a').from('b'))
      expect(make().last(3)).toBe(make().last(3))
      expect(make().from('a').last(3)).toBe(make().from('a').last(3))
    }
  })

  it('is forgotten for a name that was not used while a thousand others were', () => {
    const decoder = decode((data) => data)
    const [used, unused] = [decoder.from('used'), decoder.from('unused')]
    for (let n = 0; n < 998; n++) decoder.from(`name ${n}`)
    expect(decoder.from('used')).toBe(used)
    decoder.from('one more')
    expect(decoder.from('used')).toBe(used)
    expect(decoder.from('unused')).not.toBe(unused)
  })

  it('differs between decoders, names and lengths', () => {
    const all = [
      json(),
      text(),
      json().from('a'),
      json().from('b'),
      json().last(1),
      json().last(2),
      json().from('a').last(1),
      text().last(1),
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  it('is new for each function', () => {
    const key = (): string => ''
    expect(json().latestBy(key)).not.toBe(json().latestBy(key))
    expect(decode(key)).not.toBe(decode(key))
    expect(json().reduce((n) => n, 0)).not.toBe(json().reduce((n) => n, 0))
    expect(json().forEach(key)).not.toBe(json().forEach(key))
  })

  it('includes the decoder: channels derived from one decoder share its decode function', () => {
    const decoder = decode((data) => data.length)
    const channels = [
      decoder.last(1),
      decoder.latestBy(String),
      decoder.reduce((n) => n, 0),
      decoder.forEach(() => {}),
    ]
    for (const channel of channels) expect(channel.decode).toBe(decoder.decode)
    expect(json().from('a').decode).toBe(json().decode)
  })
})

describe('the event name of a channel', () => {
  it('is undefined, so that the key of the channel applies, unless from() sets it', () => {
    expect(json().event).toBeUndefined()
    const named = json<Trade>().from('trade')
    const channels = [
      named,
      named.last(2),
      named.latestBy((trade) => trade.symbol),
      named.reduce((n) => n, 0),
      named.forEach(() => {}),
    ]
    expect(channels.map(({ event }) => event)).toEqual(channels.map(() => 'trade'))
    expect(named.from('other').event).toBe('other')
  })
})

describe('the shape of a channel', () => {
  it('is equal for channels that differ only in their functions', () => {
    const shapes = (make: (n: number) => Channel<unknown>): string[] =>
      [1, 2].map((n) => make(n).shape)
    for (const [a, b] of [
      shapes((n) => decode(() => n)),
      shapes((n) => decode(() => n).last(5)),
      shapes((n) => json().latestBy(() => n)),
      shapes((n) => json().reduce(() => n, n)),
      shapes((n) => json().forEach(() => n)),
      shapes((n) => json().from(`event ${n}`)),
    ]) {
      expect(a).toBe(b)
    }
  })

  it('differs for channels that decode or keep something else', () => {
    const shapes = [json(), text(), decode(String)].flatMap((decoder) => [
      decoder.shape,
      decoder.last(1).shape,
      decoder.last(2).shape,
      decoder.latestBy(String).shape,
      decoder.reduce(() => 0, 0).shape,
      decoder.forEach(() => {}).shape,
    ])
    expect(new Set(shapes).size).toBe(shapes.length)
  })
})

describe('a decoder', () => {
  it('keeps the latest value', () => {
    expect(keptBy(json(), [])).toBeUndefined()
    expect(keptBy(json(), [1, 2, 3])).toBe(3)
    expect(keptBy(json(), [1, undefined])).toBeUndefined()
  })
})

describe('last', () => {
  it('keeps the given number of values, oldest first', () => {
    expect(keptBy(json().last(3), [])).toEqual([])
    expect(keptBy(json().last(3), [1, 2])).toEqual([1, 2])
    expect(keptBy(json().last(3), [1, 2, 3, 4])).toEqual([2, 3, 4])
    expect(keptBy(json().last(1), [1, 2, 3])).toEqual([3])
  })

  it('keeps the right values at any length, however often they are published', () => {
    for (const count of [1, 2, 3, 10]) {
      for (const pace of [1, 2, 7, 100]) {
        const fold = startFold(json().last(count))
        const all: number[] = []
        for (let length = pace; length <= 4 * count + 100; length += pace) {
          while (all.length < length) fold.step(all.push(all.length + 1))
          expect(fold.result()).toEqual(all.slice(-count))
        }
      }
    }
  })

  it('stores at most twice the given number of values, even before a publish', () => {
    const { fold } = json().last(3)
    let state = fold?.init?.([]) as unknown[]
    for (let n = 0; n < 1_000; n++) {
      state = fold?.step(state, n) as typeof state
      expect(state.length).toBeLessThanOrEqual(6)
    }
  })

  it('continues from initial data, cut to its length', () => {
    const fold = startFold(json<number>().last(3), [1, 2, 3, 4, 5])
    fold.step(6)
    expect(fold.result()).toEqual([4, 5, 6])
  })

  it('never changes a published array', () => {
    const fold = startFold(json().last(2))
    fold.step(1)
    const first = fold.result()
    fold.step(2)
    const second = fold.result()
    fold.step(3)
    expect([first, second, fold.result()]).toEqual([[1], [1, 2], [2, 3]])
  })

  it('rounds the count down', () => {
    expect(keptBy(json().last(2.9), [1, 2, 3, 4, 5])).toEqual([4, 5])
  })

  it.each([0, -1, Number.NaN])('throws an error that names the fix for %d', (count) => {
    expect(() => json().last(count)).toThrow(
      new RangeError(`count is ${count}: give a number from 1 up, as in .last(50)`),
    )
  })

  it.each([0, -1, Number.NaN, undefined])('keeps one value for %s in production', (count) => {
    vi.stubEnv('NODE_ENV', 'production')
    const { fold } = json().last(count as number)
    let state = fold?.init?.([0, 1]) as unknown[]
    for (const n of [2, 3, 4]) state = fold?.step(state, n) as typeof state
    expect(fold?.result?.(state)).toEqual([4])
  })

  it('keeps all values if the count is Infinity', () => {
    expect(keptBy(json().last(Number.POSITIVE_INFINITY), [1, 2, 3])).toEqual([1, 2, 3])
  })
})

describe('latestBy', () => {
  const bySymbol = json<Trade>().latestBy((trade) => trade.symbol)
  const a1 = { symbol: 'A', price: 1 }
  const b2 = { symbol: 'B', price: 2 }
  const a3 = { symbol: 'A', price: 3 }

  it('keeps the latest value of each key, in the order in which the keys first came', () => {
    expect([...keptBy(bySymbol, [a1, b2, a3])]).toEqual([
      ['A', a3],
      ['B', b2],
    ])
    expect(keptBy(bySymbol, []).size).toBe(0)
  })

  it('never changes a published map or the initial data', () => {
    const initialData = new Map([['A', a1]])
    const fold = startFold(bySymbol, initialData)
    fold.step(b2)
    const first = fold.result()
    fold.step(a3)
    const second = fold.result()
    expect([initialData, first, second].map((map) => Object.fromEntries(map))).toEqual([
      { A: a1 },
      { A: a1, B: b2 },
      { A: a3, B: b2 },
    ])
  })

  it('copies the map once for each publish, not for each event', () => {
    const { fold } = bySymbol
    const state = fold?.init?.(new Map())
    expect(fold?.step(state, a1)).toBe(state)
    expect(fold?.result?.(state)).not.toBe(state)
  })

  it('starts with an empty map that other folds do not fill', () => {
    keptBy(bySymbol, [a1])
    expect(keptBy(bySymbol, []).size).toBe(0)
  })
})

describe('reduce', () => {
  it('folds the values, starting from the initial value', () => {
    const total = json<number>().reduce((sum, n) => sum + n, 10)
    expect(keptBy(total, [])).toBe(10)
    expect(keptBy(total, [1, 2])).toBe(13)
  })
})

describe('forEach', () => {
  it('keeps no value, and calls the handler with the value and the event', () => {
    const handler = vi.fn()
    const { fold, handle } = text().forEach(handler)
    expect(fold).toBeUndefined()
    const event = serverSentEvent('message', 'a')
    handle?.('a', event)
    expect(handler).toHaveBeenCalledExactlyOnceWith('a', event)
  })
})

/** Returns the kept value after one publish of all these values. */
function keptBy<Kept>(channel: Channel<Kept>, values: readonly unknown[]): Kept {
  const running = startFold(channel)
  for (const value of values) running.step(value)
  return running.result()
}

/** Runs the fold of a channel, from its initial value or from `kept`. */
function startFold<Kept>({ fold }: Channel<Kept>, kept = fold?.initial as Kept) {
  let state: unknown = fold?.init ? fold.init(kept) : kept
  return {
    step(value: unknown): void {
      state = fold?.step(state, value)
    },
    result: (): Kept => (fold?.result ? fold.result(state) : (state as Kept)),
  }
}
