import { callUser } from '../environment.ts'
import type { EventSourceError } from '../errors.ts'

/**
 * The retry policy: when to reconnect. Durations are in ms. Every number is 0 or more, except `factor`,
 * which is 1 or more. A delay that the server asks for in a `Retry-After` header is added to the
 * policy's delay. Whatever the numbers, a connection makes at most four attempts a second, after up to
 * four at once.
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
   * Multiplies the delay after each further failure. 1 or more; with 1, the delay stays the same.
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
   * returns or the page becomes visible, unless its transport sends a request only once.
   *
   * @default Infinity
   */
  maxAttempts?: number | undefined
  /**
   * How long a connection must stay open before the count of failed attempts starts over. A proper end
   * after at least one event restarts the count as well.
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
 * `error.retryAfter` is not added to it. An exception or any other value, such as `Infinity`, is
 * replaced by the default.
 */
export type RetryFunction = (context: RetryContext) => number | false

export type Retry = false | RetryOptions | RetryFunction

/** The delay before the next attempt, in ms; no attempt; or none, only because of `maxAttempts`. */
export type RetryDecision = number | 'never' | 'exhausted'

/** Decides whether to reconnect, and computes the delay before the next attempt. */
export function decideRetry(
  retry: Retry | undefined,
  context: RetryContext,
  random: () => number,
): RetryDecision {
  const answer = typeof retry === 'function' ? callUser(retry, context) : retry
  if (answer === false) return 'never'
  if (typeof answer === 'number' && answer >= 0 && answer < Infinity) return answer
  // A function or `false` has none of the fields, so that the defaults apply.
  const {
    initialDelay = 1_000,
    factor = 2,
    maxDelay = 30_000,
    jitter = true,
    maxAttempts = Infinity,
  } = Object(retry) as RetryOptions
  if (context.attempt > maxAttempts) return 'exhausted'
  // A delay of 0 would stay 0, however often it is multiplied. A delay of `Infinity` would never end, or
  // become NaN when `random()` is 0.
  const backoff =
    Math.min(
      maxDelay,
      ((context.serverRetry ?? initialDelay) || 1) * factor ** (context.attempt - 1),
      Number.MAX_VALUE,
    ) || 0
  return (context.error.retryAfter ?? 0) + (jitter ? random() * backoff : backoff)
}
