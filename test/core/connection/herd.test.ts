import {
  EventSourceError,
  type EventSourceOptions,
  type TransportSink,
} from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { DEFAULTS } from '../../../src/core/client/defaults.ts'
import { createStreamConnection } from '../../../src/core/connection/createStreamConnection.ts'
import { createHeapClock } from '../../support/createHeapClock.ts'

const CLIENTS = 1_000
/** Enough for an average. */
const SOME_CLIENTS = 200
const HOUR = 3_600_000
const WINDOW = 100
/** The part of them that may come within it. */
const CROWD = 0.15
/** Longer than any first attempt takes, and than a delay needs to grow to its full length. */
const MINUTE = 60_000

describe.each([1, 2, 3])(
  'a thousand clients that lose the same server, with the luck of seed %i',
  (seed) => {
    it('come back spread out: in no 100 ms more than 15 % of them', () => {
      const { first } = loseServer(seed, MINUTE)
      expect(first).toHaveLength(CLIENTS)
      expect(largestCrowd(first)).toBeLessThanOrEqual(CROWD * CLIENTS)
      expect(Math.max(...first)).toBeLessThan(1_000)
    })

    it('come back spread out after the time that the server has asked for, never earlier', () => {
      const { first } = loseServer(seed, MINUTE, { retryAfter: 2_000 })
      expect(first).toHaveLength(CLIENTS)
      expect(largestCrowd(first)).toBeLessThanOrEqual(CROWD * CLIENTS)
      expect(Math.min(...first)).toBeGreaterThanOrEqual(2_000)
      expect(Math.max(...first)).toBeLessThan(3_000)
    })

    it('come back spread out where a server asks for an absurd delay, which is bounded', () => {
      const { first } = loseServer(seed, MINUTE, { serverRetry: 99_999_999_999 })
      expect(first).toHaveLength(CLIENTS)
      expect(largestCrowd(first)).toBeLessThanOrEqual(CROWD * CLIENTS)
      expect(Math.max(...first)).toBeLessThan(30_000)
    })

    it.each([0, 50])(
      'come back within %i ms where the server asks for that, and are spread out soon after',
      (serverRetry) => {
        const { first, all } = loseServer(seed, MINUTE, { serverRetry })
        expect(first).toHaveLength(CLIENTS)
        expect(Math.max(...first)).toBeLessThan(serverRetry || 1)
        const later = all.filter((at) => at > 3_000)
        expect(largestCrowd(later)).toBeLessThanOrEqual(CROWD * CLIENTS)
      },
    )
  },
)

describe('a server that stays down for an hour', () => {
  it.each([
    ['that says nothing', CLIENTS, {}],
    ['that says Retry-After: 2', SOME_CLIENTS, { retryAfter: 2_000 }],
    ['that had said retry: 0', SOME_CLIENTS, { serverRetry: 0 }],
    ['that had said retry: 50', SOME_CLIENTS, { serverRetry: 50 }],
    ['that had said retry: 99999999999', SOME_CLIENTS, { serverRetry: 99_999_999_999 }],
  ])(
    '%s is asked 150 to 260 times by each of %i, on average',
    { timeout: 60_000 },
    (_, clients, said) => {
      const { all } = loseServer(4, HOUR, said, clients)
      expect(all.length / clients).toBeGreaterThanOrEqual(150)
      expect(all.length / clients).toBeLessThanOrEqual(260)
      expect(largestCrowd(all.filter((at) => at > MINUTE))).toBeLessThanOrEqual(CROWD * clients)
    },
  )
})

interface Said {
  /** What it says in its `retry:` field while it is up, in ms. */
  serverRetry?: number
  /** What its refusals ask for, in ms. */
  retryAfter?: number
}

/**
 * Takes a server from its clients in one moment, and gives it back to none. A refusal comes at
 * once, so nothing but the clients keeps them from asking again.
 *
 * @param seed - of their luck
 * @returns when it is asked, in ms since it went down: by each client for the first time, and in all
 */
function loseServer(
  seed: number,
  duration: number,
  { serverRetry, retryAfter }: Said = {},
  clients = CLIENTS,
) {
  const clock = createHeapClock(createRandom(seed))
  const sinks: TransportSink[] = []
  const first: number[] = []
  const all: number[] = []
  // One for all: a new one each time would take longer than all the rest.
  const down = new EventSourceError('http', 'down', { status: 503, retryAfter })
  let lostAt = Number.POSITIVE_INFINITY

  for (let client = 0; client < clients; client++) {
    let hasAsked = false
    const open = (sink: TransportSink): void => {
      if (clock.now() < lostAt) return void sinks.push(sink)
      all.push(clock.now() - lostAt)
      if (!hasAsked) first.push(clock.now() - lostAt)
      hasAsked = true
      sink.fail(down)
    }
    connect(open)
  }
  for (const sink of sinks) {
    sink.open()
    if (serverRetry !== undefined) sink.retry(serverRetry)
  }
  clock.advance(MINUTE)
  lostAt = clock.now()
  for (const sink of sinks) sink.fail(down)
  clock.advance(duration)
  return { first, all }

  function connect(open: (sink: TransportSink) => void): void {
    const transport = {
      key: 'down',
      open(_: unknown, sink: TransportSink) {
        open(sink)
        return { listen() {}, close() {} }
      },
    }
    const options: EventSourceOptions = { ...DEFAULTS, transport }
    createStreamConnection(
      {
        url: 'https://example.com/stream',
        environment: clock,
        option: (name) => options[name] as never,
        publish() {},
        callUsers() {},
      },
      { names: () => [], dispatch() {} },
    ).connect()
  }
}

/** The most that come within any 100 ms. @param times - in ascending order */
function largestCrowd(times: readonly number[]): number {
  let largest = 0
  let start = 0
  for (const [index, time] of times.entries()) {
    while ((times[start] as number) <= time - WINDOW) start++
    largest = Math.max(largest, index - start + 1)
  }
  return largest
}

/** Random numbers that are the same each time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
