import { experimental_streamedQuery, QueryClient } from '@tanstack/react-query'
import {
  decode,
  type Decoders,
  EventSourceError,
  events,
  type EventsOptions,
  json,
  text,
} from 'use-event-source/core'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { createScriptedTransport } from '../../support/scriptedTransport.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('the iteration', () => {
  it('opens the connection with its first step', async () => {
    const { iterate, transport } = setup()
    const iterator = iterate({ n: json() })
    expect(transport.attempts).toHaveLength(0)
    const step = iterator.next()
    expect(transport.attempts).toHaveLength(1)
    expect(transport.latest().names).toEqual(['n'])
    transport.latest().open()
    transport.latest().emit('n', '1')
    await step
    await iterator.return()
  })

  it('yields each decoded event once, in order, with its type and id', async () => {
    const { iterate, transport } = setup()
    const iterator = iterate({ a: json<{ n: number }>(), b: text(), c: text().from('a') })
    const step = iterator.next()
    transport.latest().open()
    transport.latest().emit('a', '{"n":1}', 'one')
    transport.latest().emit('b', 'two')
    transport.latest().emit('other', 'three', 'three')
    const a = { type: 'a', data: { n: 1 }, lastEventId: 'one' }
    const c = { type: 'c', data: '{"n":1}', lastEventId: 'one' }
    const b = { type: 'b', data: 'two', lastEventId: 'one' }
    expect([(await step).value, ...(await take(iterator, 2))]).toEqual([a, c, b])
    const later = iterator.next()
    transport.latest().emit('b', 'four')
    const { value } = await later
    expect(value).toEqual({ type: 'b', data: 'four', lastEventId: 'three' })
    if (value?.type === 'a') expectTypeOf(value.data).toEqualTypeOf<{ n: number }>()
    await iterator.return()
  })

  it('loses no event of a burst, and none that arrives while the consumer is busy', async () => {
    const { iterate, transport } = setup()
    const iterator = iterate({ n: json<number>() })
    const step = iterator.next()
    transport.latest().open()
    const seen: unknown[] = []
    for (let n = 0; n < 2_000; n++) transport.latest().emit('n', String(n))
    seen.push((await step).value?.data)
    for (let n = 2_000; n < 3_000; n++) {
      transport.latest().emit('n', String(n))
      seen.push((await iterator.next()).value?.data)
    }
    seen.push(...(await take(iterator, 1_999)).map((event) => event?.data))
    expect(seen).toEqual(Array.from({ length: 3_000 }, (_, n) => n))
    await iterator.return()
  })

  it('reconnects like any other connection', async () => {
    const { iterate, transport } = setup({ retry: { initialDelay: 100, jitter: false } })
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    transport.latest().emit('n', '1', '7')
    await step
    transport.latest().fail()
    const later = iterator.next()
    await vi.advanceTimersByTimeAsync(100)
    expect(transport.latest().request.lastEventId).toBe('7')
    transport.latest().open()
    transport.latest().emit('n', '2')
    expect((await later).value?.data).toBe(2)
    await iterator.return()
  })

  it('skips an event of json() with empty data, and yields one of text()', async () => {
    const onError = vi.fn()
    const { iterate, transport } = setup({ onError })
    const iterator = iterate({ n: json(), s: text() })
    const step = iterator.next()
    transport.latest().open()
    for (const data of ['', '1']) transport.latest().emit('n', data)
    transport.latest().emit('s', '')
    const all = [(await step).value, ...(await take(iterator, 1))]
    expect(all.map((event) => event?.data)).toEqual([1, ''])
    expect(onError).not.toHaveBeenCalled()
    await iterator.return()
  })

  it('skips an event that cannot be decoded, and reports it to onError', async () => {
    const onError = vi.fn()
    const { iterate, transport } = setup({ onError })
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    transport.latest().emit('n', '{oops')
    transport.latest().emit('n', '2')
    expect((await step).value?.data).toBe(2)
    expect(onError).toHaveBeenCalledTimes(1)
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ type: 'decode', raw: '{oops' })
    await iterator.return()
    vi.runOnlyPendingTimers()
  })
})

describe('the end of the iteration', () => {
  it('comes with a break, which closes the connection', async () => {
    const { iterate, transport } = setup({ linger: 60_000 })
    const consumed = (async () => {
      for await (const { data } of iterate({ n: json() })) {
        if (data === 2) break
      }
    })()
    transport.latest().open()
    for (const n of [1, 2, 3]) transport.latest().emit('n', String(n))
    await consumed
    expect(transport.live()).toHaveLength(0)
  })

  it('comes with an exception in the loop, which closes the connection', async () => {
    const { iterate, transport } = setup()
    const mistake = new Error('mistake')
    const consumed = (async () => {
      for await (const _ of iterate({ n: json() })) throw mistake
    })()
    transport.latest().open()
    transport.latest().emit('n', '1')
    await expect(consumed).rejects.toBe(mistake)
    expect(transport.live()).toHaveLength(0)
  })

  it('comes with `until`, after the events before it', async () => {
    const { iterate, transport } = setup({ until: ({ data }) => data === 'done' })
    const all = collect(iterate({ s: text() }))
    transport.latest().open()
    for (const data of ['a', 'b', 'done', 'c']) transport.latest().emit('s', data)
    expect((await all).map(({ data }) => data)).toEqual(['a', 'b'])
    expect(transport.live()).toHaveLength(0)
  })

  it('comes with the signal, even while it waits for an event, and throws nothing', async () => {
    const controller = new AbortController()
    const { iterate, transport } = setup({ signal: controller.signal })
    const all = collect(iterate({ n: json() }))
    transport.latest().open()
    transport.latest().emit('n', '1')
    await vi.advanceTimersByTimeAsync(0)
    controller.abort()
    expect((await all).map(({ data }) => data)).toEqual([1])
    expect(transport.live()).toHaveLength(0)
  })

  it('comes with the signal even if more events are queued', async () => {
    const controller = new AbortController()
    const { iterate, transport } = setup({ signal: controller.signal })
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    for (const n of [1, 2, 3]) transport.latest().emit('n', String(n))
    expect((await step).value?.data).toBe(1)
    controller.abort()
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(transport.live()).toHaveLength(0)
  })

  it('comes before the first request if the signal is already aborted', async () => {
    const { iterate, transport } = setup({ signal: AbortSignal.abort() })
    expect(await collect(iterate({ n: json() }))).toEqual([])
    expect(transport.attempts).toHaveLength(0)
  })

  it('comes with the signal while the body of the loop awaits, and leaves nothing', async () => {
    const controller = new AbortController()
    const listeners = countListeners(controller.signal, window)
    const { iterate, transport } = setup({ signal: controller.signal })
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    for (const n of [1, 2, 3]) transport.latest().emit('n', String(n))
    await step
    expect(listeners()).toBeGreaterThan(0)
    controller.abort()
    // There is no further step.
    expect(transport.live()).toHaveLength(0)
    expect(listeners()).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('comes with a signal that is aborted while the connection opens', async () => {
    const controller = new AbortController()
    const listeners = countListeners(controller.signal, window)
    const { iterate, transport } = setup({ signal: controller.signal })
    transport.whileOpening = () => controller.abort()
    expect(await collect(iterate({ n: json() }))).toEqual([])
    expect(transport.attempts).toHaveLength(1)
    expect(transport.live()).toHaveLength(0)
    expect(listeners()).toBe(0)
  })

  it('comes with a signal that is aborted by a decoder, before its value arrives', async () => {
    const controller = new AbortController()
    const { iterate, transport } = setup({ signal: controller.signal })
    const all = collect(iterate({ n: decode(() => controller.abort()) }))
    transport.latest().open()
    for (const n of [1, 2]) transport.latest().emit('n', String(n))
    expect(await all).toEqual([])
    expect(transport.live()).toHaveLength(0)
  })

  it('leaves nothing on a signal that outlives many iterations', async () => {
    const { signal } = new AbortController()
    const listeners = countListeners(signal, window)
    const { iterate, transport } = setup({ signal })
    for (let n = 0; n < 10; n++) {
      const iterator = iterate({ n: json() })
      const step = iterator.next()
      transport.latest().open()
      transport.latest().emit('n', '1')
      await step
      await iterator.return()
    }
    expect(transport.live()).toHaveLength(0)
    expect(listeners()).toBe(0)
  })

  it('comes with an exception of a signal that is none in production, before any request', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const { iterate, transport } = setup({ signal: {} as AbortSignal })
    await expect(iterate({ n: json() }).next()).rejects.toThrow(TypeError)
    vi.unstubAllEnvs()
    expect(transport.attempts).toHaveLength(0)
  })

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    const { iterate, transport } = setup({ signal })
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    transport.latest().emit('n', '1')
    await step
    await iterator.return()
    expect(add).toHaveBeenCalledTimes(1)
    expect(remove.mock.calls).toEqual(add.mock.calls)
  })

  it('throws the error of a failed connection, after the events before it', async () => {
    const { iterate, transport } = setup()
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    transport.latest().emit('n', '1')
    transport.latest().emit('n', '2')
    const error = transport.latest().fail(true)
    expect((await step).value?.data).toBe(1)
    expect((await iterator.next()).value?.data).toBe(2)
    await expect(iterator.next()).rejects.toBe(error)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('throws the error of a connection that fails while it waits for an event', async () => {
    const { iterate, transport } = setup()
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    const caught = step.catch((thrown: unknown) => thrown)
    transport.latest().open()
    await vi.advanceTimersByTimeAsync(0)
    const error = transport.latest().fail(true)
    expect(await caught).toBe(error)
  })

  it('throws the error of a connection that failed while the consumer was busy', async () => {
    const { iterate, transport } = setup()
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    transport.latest().emit('n', '1')
    await step
    const error = transport.latest().fail(true)
    await expect(iterator.next()).rejects.toBe(error)
  })

  it('comes at the first step with an "unsupported" error if the transport throws', async () => {
    const { iterate, transport } = setup()
    transport.whileOpening = () => {
      throw new Error('no EventSource')
    }
    await expect(iterate({ n: json() }).next()).rejects.toMatchObject({ type: 'unsupported' })
  })

  it('comes with a TypeError at the first step if the url is invalid', async () => {
    await expect(events('http://', {}).next()).rejects.toThrow(TypeError)
  })

  it.each<[string, unknown, unknown]>([
    ['The channel `n` is a function: call it, as in json()', { n: json }, {}],
    ['`n` is a channel: give its decoder', { n: json().last(2) }, {}],
    ['`channels` is "n": give a map', 'n', {}],
    ['The options are null: give an object', {}, null],
    ['signal is an object: give an AbortSignal', {}, { signal: new AbortController() }],
    ['`select` is not an option: the options are ', {}, { select: () => {} }],
    ['linger is "0": give a number from 0 up', {}, { linger: '0' }],
  ])('comes with a TypeError at the first step, and no request: %s', async (sentence, ...args) => {
    const iterator = events('/stream', ...(args as [Decoders, EventsOptions]))
    const step = iterator.next()
    await expect(step).rejects.toThrow(TypeError)
    await expect(step).rejects.toThrow(sentence)
  })
})

describe('a consumer that is too slow', () => {
  it('gets an error of type "overflow" with the fix, and the connection is closed', async () => {
    const { iterate, transport } = setup({ maxQueue: 3 })
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    for (const n of [1, 2, 3, 4, 5]) transport.latest().emit('n', String(n))
    expect((await step).value?.data).toBe(1)
    expect((await take(iterator, 2)).map((event) => event?.data)).toEqual([2, 3])
    const error = await iterator.next().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(EventSourceError)
    expect(error).toMatchObject({ type: 'overflow', message: expect.stringMatching(/maxQueue/) })
    expect(String(error)).toContain('More than 3 events')
    expect(transport.live()).toHaveLength(0)
  })

  it.each([0, -1, Number.NaN])(
    'gets an error that names the fix if maxQueue is %s',
    async (maxQueue) => {
      const { iterate, transport } = setup({ maxQueue })
      await expect(iterate({ n: json() }).next()).rejects.toThrow(
        /maxQueue is .*: give a number from 1 up/,
      )
      expect(transport.attempts).toHaveLength(0)
    },
  )

  it('can be behind by maxQueue events', async () => {
    const { iterate, transport } = setup({ maxQueue: 3 })
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    for (const n of [1, 2, 3]) transport.latest().emit('n', String(n))
    await step
    await take(iterator, 2)
    for (const n of [4, 5, 6]) transport.latest().emit('n', String(n))
    expect((await take(iterator, 3)).map((event) => event?.data)).toEqual([4, 5, 6])
    await iterator.return()
  })

  it('cannot be behind by more than maxQueue events, however many it has consumed', async () => {
    const { iterate, transport } = setup({ maxQueue: 3 })
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    for (const n of [1, 2, 3]) transport.latest().emit('n', String(n))
    await step
    // Two are queued, so there is room for one of these three.
    for (const n of [4, 5, 6]) transport.latest().emit('n', String(n))
    const end = await take(iterator, 4).catch((thrown: unknown) => thrown)
    expect(end).toMatchObject({ type: 'overflow' })
    await iterator.return()
  })

  it('closes the connection at the first event over the limit, not at the next step', async () => {
    const { signal } = new AbortController()
    const listeners = countListeners(signal, window)
    const { iterate, transport } = setup({ maxQueue: 1, signal })
    const iterator = iterate({ n: json() })
    const step = iterator.next()
    transport.latest().open()
    transport.latest().emit('n', '1')
    await step
    for (const n of [2, 3]) transport.latest().emit('n', String(n))
    expect(transport.live()).toHaveLength(0)
    expect(listeners()).toBe(0)
    expect((await iterator.next()).value?.data).toBe(2)
    await expect(iterator.next()).rejects.toMatchObject({ type: 'overflow' })
  })
})

describe('TanStack Query', () => {
  it('accepts events() as the stream of a query', async () => {
    const { iterate, transport } = setup({ until: ({ data }) => data === 'done' })
    const client = new QueryClient({ defaultOptions: { queries: { gcTime: 0, retry: false } } })
    const query = client.fetchQuery({
      queryKey: ['numbers'],
      queryFn: experimental_streamedQuery({
        streamFn: ({ signal }) => iterate({ s: text() }, { signal }),
      }),
    })
    await vi.advanceTimersByTimeAsync(0)
    transport.latest().open()
    transport.latest().emit('s', 'a')
    await vi.advanceTimersByTimeAsync(0)
    expect(client.getQueryData(['numbers'])).toMatchObject([{ data: 'a' }])
    for (const data of ['b', 'done']) transport.latest().emit('s', data)
    await vi.advanceTimersByTimeAsync(0)
    expect((await query).map(({ data }) => data)).toEqual(['a', 'b'])
    expect(transport.live()).toHaveLength(0)
    client.clear()
    vi.clearAllTimers()
  })

  it('closes the connection when the query is cancelled', async () => {
    const { iterate, transport } = setup()
    const client = new QueryClient({ defaultOptions: { queries: { gcTime: 0, retry: false } } })
    const query = client.fetchQuery({
      queryKey: ['numbers'],
      queryFn: experimental_streamedQuery({
        streamFn: ({ signal }) => iterate({ s: text() }, { signal }),
      }),
    })
    const ended = query.catch(() => {})
    await vi.advanceTimersByTimeAsync(0)
    transport.latest().open()
    await client.cancelQueries({ queryKey: ['numbers'] })
    await ended
    await vi.advanceTimersByTimeAsync(0)
    expect(transport.live()).toHaveLength(0)
    client.clear()
    vi.clearAllTimers()
  })
})

/** Returns a function that counts the listeners that were added since, and not removed. */
function countListeners(...targets: EventTarget[]): () => number {
  const added = new Set<string>()
  for (const [index, target] of targets.entries()) {
    const { addEventListener, removeEventListener } = target
    const ids = new Map<unknown, number>()
    const idOf = (type: string, listener: unknown): string => {
      if (!ids.has(listener)) ids.set(listener, ids.size)
      return `${index} ${type} ${ids.get(listener)}`
    }
    vi.spyOn(target, 'addEventListener').mockImplementation((type, listener, options) => {
      added.add(idOf(type, listener))
      addEventListener.call(target, type, listener, options)
    })
    vi.spyOn(target, 'removeEventListener').mockImplementation((type, listener, options) => {
      added.delete(idOf(type, listener))
      removeEventListener.call(target, type, listener, options)
    })
  }
  return () => added.size
}

function setup(defaults: EventsOptions = {}) {
  const transport = createScriptedTransport()
  return {
    transport,
    iterate: <const D extends Decoders>(decoders: D, options: EventsOptions = {}) =>
      events('/stream', decoders, { transport, ...defaults, ...options }),
  }
}

async function take<Event>(iterator: AsyncGenerator<Event, void>, count: number) {
  const taken: (Event | void)[] = []
  for (let i = 0; i < count; i++) taken.push((await iterator.next()).value)
  return taken as (Event | undefined)[]
}

async function collect<Event>(iterable: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = []
  for await (const event of iterable) all.push(event)
  return all
}
