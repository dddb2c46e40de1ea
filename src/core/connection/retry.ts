import { callUser } from '../environment.ts'
import type { EventSourceError } from '../errors.ts'

/**
 * When to try again. Durations are in ms, all numbers 0 or more. What a server asks for in a
 * `Retry-After` header comes on top of the delay.
 */
export interface RetryOptions {
  /**
   * The delay before the first attempt. With 0 the first comes almost at once, and the delays grow
   * from there. The `retry:` field of a server takes its place, where the transport sees it.
   *
   * @default 1000
   */
  initial?: number | undefined
  /**
   * What each further delay is multiplied with; 1 keeps it the same.
   *
   * @default 2
   */
  factor?: number | undefined
  /**
   * The longest delay.
   *
   * @default 30_000
   */
  max?: number | undefined
  /**
   * Whether the delay is drawn at random from 0 up to its full length, so that clients that lost the
   * same server do not come back in one moment.
   *
   * @default true
   */
  jitter?: boolean | undefined
  /**
   * How many attempts in a row may fail before the connection is closed, `reason: 'failed'`. With 0
   * the first loss closes it. It is tried again when the network comes back, or the page into view.
   *
   * @default Infinity
   */
  attempts?: number | undefined
  /**
   * How long a connection must have been open for the count of attempts to start anew.
   *
   * @default 5000
   */
  resetAfter?: number | undefined
}

/** What a {@link RetryFunction} is told. */
export interface RetryContext {
  /** Which attempt in a row it would be; 1 is the first. */
  readonly attempt: number
  /** Why the last one failed. */
  readonly error: EventSourceError
  /** The id that the next attempt resumes after; `''` for none. */
  readonly lastEventId: string
  /** Whether the stream has ever been open: tells a first fault from a later one. */
  readonly hasOpened: boolean
  /** The delay that the server asked for last, in its `retry:` field; `undefined` for none. */
  readonly serverRetry: number | undefined
}

/**
 * Says after how many ms to try again, or `false` to close the connection for good. What it says is
 * taken as it is: one that always says 0 is a storm of requests, and `error.retryAfter` is its to obey.
 */
export type RetryFunction = (context: RetryContext) => number | false

export type Retry = false | RetryOptions | RetryFunction

/**
 * The delay in ms before the attempt of this context, or `false` when there shall be none. A function
 * that throws, or returns what is no delay, gets the default: a mistake must not end in a storm.
 */
export function retryDelay(
  retry: Retry | undefined,
  context: RetryContext,
  random: () => number,
): number | false {
  if (retry === false) return false
  if (typeof retry === 'function') {
    const delay = callUser(retry, context)
    if (delay === false || (typeof delay === 'number' && delay >= 0)) return delay
  }
  const {
    initial = 1_000,
    factor = 2,
    max = 30_000,
    jitter = true,
    attempts = Infinity,
  } = (retry ?? {}) as RetryOptions
  if (context.attempt > attempts) return false
  const longest = Math.min(max, Number.MAX_VALUE)
  const first = Math.min(longest, context.serverRetry ?? initial) || 1
  const delay = Math.min(longest, first * factor ** (context.attempt - 1))
  return (context.error.retryAfter ?? 0) + (jitter ? random() * delay : delay)
}
