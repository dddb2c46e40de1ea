import { callUser } from '../environment.ts'
import type { EventSourceError } from '../errors.ts'

/**
 * The retry policy: when to reconnect. Durations are in ms, and every number is 0 or more. A delay that
 * the server asks for in a `Retry-After` header is added to the policy's delay.
 */
export interface RetryOptions {
  /**
   * The delay after the first failure. With 0, the next attempt follows almost at once, and the delays
   * grow from there. A `retry:` field of the server replaces this value, where the transport can read
   * the field.
   *
   * @default 1000
   */
  initialDelay?: number | undefined
  /**
   * Multiplies the delay after each further failure. With 1, the delay stays the same.
   *
   * @default 2
   */
  factor?: number | undefined
  /**
   * The longest delay.
   *
   * @default 30_000
   */
  maxDelay?: number | undefined
  /**
   * Draws each delay at random between 0 and its full length, so that clients that lost the same
   * server do not all return at the same moment.
   *
   * @default true
   */
  jitter?: boolean | undefined
  /**
   * How many times in a row to reconnect. The next failure closes the connection, `reason: 'failed'`.
   * With 0, the first loss closes it. A connection that closed in this way opens again when the network
   * returns or the page becomes visible.
   *
   * @default Infinity
   */
  maxAttempts?: number | undefined
  /**
   * How long a connection must stay open before the count of failed attempts starts over.
   *
   * @default 5000
   */
  resetAfter?: number | undefined
}

/** The argument of a {@link RetryFunction}. */
export interface RetryContext {
  /** How many attempts in a row have failed; 0 before the first failure. */
  readonly attempt: number
  /** Why the last attempt failed. */
  readonly error: EventSourceError
  /** The id that the next attempt resumes after; `''` for none. */
  readonly lastEventId: string
  /** Whether the stream has ever been open: distinguishes a first failure from a later loss. */
  readonly hasOpened: boolean
  /** In ms: the delay in the last `retry:` field of the server; `undefined` for none. */
  readonly serverRetry: number | undefined
}

/**
 * Returns the delay in ms before the next attempt, or `false` to close the connection for good. The
 * delay is used as returned: always returning 0 floods the server with requests, and
 * `error.retryAfter` is not added to it. An exception or any other value is replaced by the default.
 */
export type RetryFunction = (context: RetryContext) => number | false

export type Retry = false | RetryOptions | RetryFunction

/** Reconnect after `delay` ms; do not reconnect; or do not, only because of `maxAttempts`. */
export type RetryDecision = { readonly delay: number } | 'never' | 'exhausted'

/** Decides whether to reconnect, and computes the delay before the next attempt. */
export function decideRetry(
  retry: Retry | undefined,
  context: RetryContext,
  random: () => number,
): RetryDecision {
  const answer = typeof retry === 'function' ? callUser(retry, context) : retry
  if (answer === false) return 'never'
  if (typeof answer === 'number' && answer >= 0 && answer < Infinity) return { delay: answer }
  const {
    initialDelay = 1_000,
    factor = 2,
    maxDelay = 30_000,
    jitter = true,
    maxAttempts = Infinity,
  } = policyOf(retry)
  if (context.attempt > maxAttempts) return 'exhausted'
  // `Infinity` is allowed, but `random() * Infinity` is NaN when `random()` is 0.
  const longest = Math.min(maxDelay, Number.MAX_VALUE)
  // A delay of 0 would stay 0, however often it is multiplied.
  const first = Math.min(longest, context.serverRetry ?? initialDelay) || 1
  const backoff = Math.min(longest, first * factor ** (context.attempt - 1)) || longest
  const delay = (context.error.retryAfter ?? 0) + (jitter ? random() * backoff : backoff)
  return { delay }
}

/**
 * Returns the count of failed attempts in a row after one more failure.
 *
 * @param failures - the count before it
 * @param openFor - how long the lost connection had been open, in ms; negative if it had not
 * @param isOnline - whether there was a network. Without one, a failure says nothing about the server,
 *   so the count does not grow beyond 1
 */
export function countFailure(
  retry: Retry | undefined,
  failures: number,
  openFor: number,
  isOnline: boolean,
): number {
  const { resetAfter = 5_000 } = policyOf(retry)
  return openFor >= resetAfter ? 1 : failures + Number(isOnline || !failures)
}

/** A function or `false` has none of the fields, so that the defaults apply. */
function policyOf(retry: Retry | undefined): RetryOptions {
  return (retry || {}) as RetryOptions
}
