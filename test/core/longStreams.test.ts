// @vitest-environment node
import {
  type Channel,
  createConnection,
  decode,
  type EventSourceOptions,
  json,
  type ServerSentEvent,
  text,
} from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { createClock } from '../support/clock.ts'
import { memory } from '../support/memory.ts'
import { createScriptedTransport, serverSentEvent } from '../support/scriptedTransport.ts'

interface Tick {
  readonly n: number
  readonly key: string
}

const MILLION = 1_000_000
/** In bytes. Keeping a single word of each event would exceed it by far. */
const MAX_GROWTH = 2 ** 20

const byKey = (tick: Tick): string => tick.key

describe('a million events need no more memory than the first ten thousand, with', () => {
  it.each<[string, Channel<unknown>]>([
    ['the latest value', json<Tick>()],
    ['the last 100 values', json<Tick>().last(100)],
    ['the latest value of each key', json<Tick>().latestBy(byKey)],
    ['a reducer', json<Tick>().reduce((sum, { n }) => sum + n, 0)],
    ['a handler', json<Tick>().forEach(() => {})],
    ['text', text().last(100)],
    ['a custom decoder', decode((data) => data.length).last(100)],
  ])(
    '%s',
    (_, channel) => {
      expect(growth(channel, MILLION, jsonOf)).toBeLessThan(MAX_GROWTH)
    },
    60_000,
  )

  // A tenth of the events is enough here.
  it('events that cannot be decoded', () => {
    expect(growth(json().last(100), MILLION / 10, () => 'no JSON')).toBeLessThan(MAX_GROWTH)
  }, 60_000)
})

/** Returns the growth of memory, in bytes, after the first ten thousand events. */
function growth(channel: Channel<unknown>, events: number, dataOf: (n: number) => string): number {
  const { send, clock, unsubscribe } = open({ message: channel }, { dedupe: 100 })
  let before = 0
  for (let n = 0; n < events; n += 100) {
    send(Array.from({ length: 100 }, (_, i) => eventOf(n + i, dataOf)))
    if (n % 1_000 === 0) clock.frame()
    if (n === 10_000) before = memory()
  }
  clock.frame()
  const after = memory()
  unsubscribe()
  return after - before
}

describe('an hour in a hidden tab, at 5,000 events a second', () => {
  const HOUR = 3_600_000
  /** The interval, in ms, at which a browser runs the timers of a tab that has long been hidden. */
  const THROTTLE = 60_000
  const batch = Array.from({ length: 1_000 }, (_, n) => eventOf(n, jsonOf))
  const perMinute = (5_000 * 60) / batch.length

  it('adds each event as it arrives, publishes once a minute, and needs no more memory', () => {
    let added = 0
    const kept = {
      list: json<Tick>().from('message').last(100),
      map: json<Tick>().from('message').latestBy(byKey),
      count: json<Tick>()
        .from('message')
        .reduce(() => ++added, 0),
    }
    const { send, clock, observer, listener, unsubscribe } = open(kept)
    const minutes = HOUR / THROTTLE
    let before = 0
    for (let minute = 0; minute < minutes; minute++) {
      for (let n = 0; n < perMinute; n++) send(batch)
      if (minute === 0) before = memory()
      const addedBefore = added
      listener.mockClear()
      clock.advance(THROTTLE)
      clock.frame()
      // Each event was added when it arrived, so publishing does not depend on their number.
      expect(added).toBe(addedBefore)
      expect(listener).toHaveBeenCalledTimes(1)
    }
    expect(memory() - before).toBeLessThan(MAX_GROWTH)
    const { data } = observer.getSnapshot()
    expect(data.count).toBe(5_000 * 3_600)
    expect(data.list).toHaveLength(100)
    expect(data.map.size).toBe(50)
    unsubscribe()
  }, 120_000)
})

function jsonOf(n: number): string {
  return JSON.stringify({ n, key: `key ${n % 50}` })
}

function eventOf(n: number, dataOf: (n: number) => string): ServerSentEvent {
  return serverSentEvent('message', dataOf(n), `id number ${n}`)
}

function open<C extends Record<string, Channel<unknown>>>(
  channels: C,
  options?: EventSourceOptions,
) {
  const clock = createClock()
  const transport = createScriptedTransport()
  const url = 'https://example.com/'
  const connection = createConnection(url, { transport, linger: 0, ...options }, clock)
  const observer = connection.observe(channels)
  const listener = vi.fn<() => void>()
  const unsubscribe = observer.subscribe(listener)
  const { sink } = transport.latest()
  sink.open()
  const send = (events: readonly ServerSentEvent[]): void =>
    sink.batch(() => events.forEach(sink.event))
  return { observer, listener, unsubscribe, clock, send }
}
