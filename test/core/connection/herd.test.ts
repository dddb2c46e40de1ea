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
/** Enough clients for an average. */
const SOME_CLIENTS = 200
const HOUR = 3_600_000
const WINDOW = 100
/** The largest share of the clients that may reconnect within one window. */
const CROWD = 0.15
/** Longer than any first delay, and long enough for a delay to grow to its full length. */
const MINUTE = 60_000

describe.each([1, 2, 3])(
  'a thousand clients that lose the same server, with random seed %i',
  (seed) => {
    it('reconnect spread out, at most 15 % of them within any 100 ms', () => {
      const { first } = loseServer(seed, MINUTE)
      expect(first).toHaveLength(CLIENTS)
      expect(largestCrowd(first)).toBeLessThanOrEqual(CROWD * CLIENTS)
      expect(Math.max(...first)).toBeLessThan(1_000)
    })

    it('reconnect spread out after the Retry-After of the server, never earlier', () => {
      const { first } = loseServer(seed, MINUTE, { retryAfter: 2_000 })
      expect(first).toHaveLength(CLIENTS)
      expect(largestCrowd(first)).toBeLessThanOrEqual(CROWD * CLIENTS)
      expect(Math.min(...first)).toBeGreaterThanOrEqual(2_000)
      expect(Math.max(...first)).toBeLessThan(3_000)
    })

    it('reconnect spread out, within maxDelay, when the server asks for an absurd delay', () => {
      const { first } = loseServer(seed, MINUTE, { serverRetry: 99_999_999_999 })
      expect(first).toHaveLength(CLIENTS)
      expect(largestCrowd(first)).toBeLessThanOrEqual(CROWD * CLIENTS)
      expect(Math.max(...first)).toBeLessThan(30_000)
    })

    it.each([0, 50])(
      'reconnect within a delay of %i ms that the server asks for, and spread out soon after',
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
    ['without any delay of its own', CLIENTS, {}],
    ['with Retry-After: 2', SOME_CLIENTS, { retryAfter: 2_000 }],
    ['after retry: 0', SOME_CLIENTS, { serverRetry: 0 }],
    ['after retry: 50', SOME_CLIENTS, { serverRetry: 50 }],
    ['after retry: 99999999999', SOME_CLIENTS, { serverRetry: 99_999_999_999 }],
  ])(
    '%s receives 150 to 260 requests from each of %i clients, on average',
    { timeout: 60_000 },
    (_, clients, delays) => {
      const { all } = loseServer(4, HOUR, delays, clients)
      expect(all.length / clients).toBeGreaterThanOrEqual(150)
      expect(all.length / clients).toBeLessThanOrEqual(260)
      expect(largestCrowd(all.filter((at) => at > MINUTE))).toBeLessThanOrEqual(CROWD * clients)
    },
  )
})

/** The delays that a server asks for, in ms. */
interface ServerDelays {
  /** The `retry:` field it sends while it is up. */
  serverRetry?: number
  /** The `Retry-After` of its refusals. */
  retryAfter?: number
}

/**
 * Takes a server down for all of its clients at once. The server refuses every later request
 * immediately, so only the delays of the clients limit their requests.
 *
 * @param seed - of the clients' random numbers
 * @returns the times of the requests, in ms since the loss: the `first` of each client, and `all`
 */
function loseServer(
  seed: number,
  duration: number,
  { serverRetry, retryAfter }: ServerDelays = {},
  clients = CLIENTS,
) {
  const clock = createHeapClock(createRandom(seed))
  const sinks: TransportSink[] = []
  const first: number[] = []
  const all: number[] = []
  // Shared, because creating an error for each request would dominate the run time.
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
      { names: () => [], dispatch() {}, reset() {} },
    ).connect()
  }
}

/** Returns the most requests within any 100 ms. @param times - in ascending order */
function largestCrowd(times: readonly number[]): number {
  let largest = 0
  let start = 0
  for (const [index, time] of times.entries()) {
    while ((times[start] as number) <= time - WINDOW) start++
    largest = Math.max(largest, index - start + 1)
  }
  return largest
}

/** Creates a seeded random number generator (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
