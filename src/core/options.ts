import { checkNumber } from './checkNumber.ts'
import type { CloseReason } from './connection/state.ts'
import type { Retry } from './connection/retry.ts'
import type { EventSourceError } from './errors.ts'
import type { ServerSentEvent, Transport } from './transport/transport.ts'

/** When what has arrived is shown: once a frame, at each event, or once in so many ms. */
export type Flush = 'frame' | 'sync' | number

/**
 * What can be asked of a stream. All of it may be written inline: nothing here reconnects but a change
 * of `withCredentials` or of the transport's key, and the functions called are those given last.
 * Components that share a connection share its options; where they differ, the one that mounted last
 * counts, and one that gives none takes none away.
 */
export interface EventSourceOptions {
  /**
   * Whether a request to another origin carries cookies.
   *
   * @default false
   */
  withCredentials?: boolean | undefined
  /**
   * How the stream's bytes arrive.
   *
   * @default nativeTransport()
   */
  transport?: Transport | undefined
  /**
   * When to try again after a loss. Giving it, even as `{}`, takes every reconnect from the browser.
   * `false`: never, the first loss closes the connection.
   *
   * @default the browser retries what it can, then exponential backoff with jitter from 1 s to 30 s
   */
  retry?: Retry | undefined
  /**
   * How long, in ms, an attempt may take until the server answers. Then it counts as failed, with an
   * error of type `'timeout'`. The pause that a browser makes before it retries by itself is a part of
   * it. `false` or 0: as long as it takes.
   *
   * @default 60_000
   */
  connectTimeout?: number | false | undefined
  /**
   * After how many ms without a byte an open connection is taken for dead and replaced, with an error
   * of type `'timeout'`. Give it longer than the longest silence of a healthy server. The fetch
   * transport counts comments, the native one sees events alone, so there the server must send those.
   * `false` or 0: never.
   *
   * @default false
   */
  heartbeat?: number | false | undefined
  /**
   * Closes the connection for good, `reason: 'done'`, at the first event for which it returns `true`.
   * It is asked before decoding, and the event that ends the stream is delivered to nobody:
   * `until: event => event.data === '[DONE]'`. The native transport hears only the events that a
   * channel listens to, so the one that ends the stream needs a channel too.
   */
  until?: ((event: ServerSentEvent) => boolean) | undefined
  /**
   * The id to resume after when the stream is opened for the first time, from server rendering or from
   * storage. The native transport sends it only where it has a `lastEventIdParam`.
   */
  lastEventId?: string | undefined
  /**
   * What is kept before the first event, by the keys of the channels, in place of nothing: what the
   * server has rendered, so that it is shown until the stream goes on from `lastEventId`. It counts
   * where nothing is kept yet, and is not decoded.
   */
  initial?: Readonly<Record<string, unknown>> | undefined
  /**
   * Drops an event whose id is among the last so many that were seen, for servers that repeat events
   * when a stream resumes. For streams whose events all have an id of their own: one without counts as
   * having that of the event before it. 0: none is dropped.
   *
   * @default 0
   */
  dedupe?: number | undefined
  /**
   * When what has arrived is shown: `'frame'`, at most once a frame, inside the frame, so nothing is
   * painted later than it would have been; `'sync'`, at each event; or at most once in so many ms.
   * All components of one connection are updated together, so they never disagree. `.forEach` and
   * the callbacks below are never delayed.
   *
   * @default 'frame'
   */
  flush?: Flush | undefined
  /**
   * How long, in ms, a connection and what it keeps outlive the last component that uses them, so that
   * StrictMode, `<Activity>` and a change of route do not reconnect. 0 closes at once; the longest is
   * 2^31 - 1, about 25 days. A channel that was written inline with a function of its own is another
   * one when its component mounts anew, and starts afresh.
   *
   * @default 1000
   */
  linger?: number | undefined
  /**
   * Called each time the stream opens: where an app fetches what it missed meanwhile. This one and the
   * two below are called for each component that gives one, and once for a provider that does.
   */
  onOpen?: ((opened: Opened) => void) | undefined
  /**
   * Called at each loss of the connection, and for each event that can't be read, whoever of those who
   * share the connection listens to it.
   */
  onError?: ((error: EventSourceError) => void) | undefined
  /** Called once the connection is closed for good; not when the last component unmounts. */
  onClose?: ((closed: Closed) => void) | undefined
}

/** What `onOpen` is told. */
export interface Opened {
  /** Whether the stream had been open before. */
  readonly reconnected: boolean
  /** How long it was down, in ms; 0 the first time. */
  readonly downFor: number
  /** The id that the stream resumes after, where the transport can tell the server; `''` for none. */
  readonly lastEventId: string
}

/** What `onClose` is told. */
export interface Closed {
  readonly reason: CloseReason
  /** Why, when the reason is `'failed'`; `null` otherwise. */
  readonly error: EventSourceError | null
}

type Defaulted =
  | 'withCredentials'
  | 'transport'
  | 'connectTimeout'
  | 'lastEventId'
  | 'flush'
  | 'linger'

/** The options once the defaults are filled in. */
export type ResolvedOptions = Omit<EventSourceOptions, Defaulted> & {
  readonly [Name in Defaulted]-?: NonNullable<EventSourceOptions[Name]>
}

/** Looks an option up as it is now, so that the latest is used. */
export type OptionOf = <Name extends keyof EventSourceOptions>(
  name: Name,
) => EventSourceOptions[Name]

/**
 * Throws where a duration is negative or no number.
 *
 * @throws {RangeError} a sentence that names the option and the fix
 */
export function checkOptions(option: OptionOf): void {
  NUMBERS.forEach((name) => checkNumber(name, option(name), 0))
  const retry = option('retry')
  if (retry) for (const [name, value] of Object.entries(retry)) checkNumber(name, value, 0)
}

const NUMBERS = ['connectTimeout', 'heartbeat', 'dedupe', 'flush', 'linger'] as const
