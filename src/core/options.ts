import { checkNumber } from './checkNumber.ts'
import type { CloseReason } from './connection/state.ts'
import type { Retry } from './connection/retry.ts'
import type { EventSourceError } from './errors.ts'
import type { ServerSentEvent, Transport } from './transport/transport.ts'

/** When pending values are published: once a frame, at each event, or at most once in so many ms. */
export type Flush = 'frame' | 'sync' | number

/**
 * The options of a stream. All may be written inline: only a change of `withCredentials` or of the
 * transport's key reconnects, and callbacks are those of the latest render.
 *
 * Components on one connection share its options. Where several give the same option, the value of the
 * one that mounted last applies. A component that leaves an option out does not unset it.
 */
export interface EventSourceOptions {
  /**
   * Sends cookies with requests to other origins.
   *
   * @default false
   */
  withCredentials?: boolean | undefined
  /**
   * Makes the requests and reads the stream.
   *
   * @default nativeTransport()
   */
  transport?: Transport | undefined
  /**
   * When to reconnect after a loss. With this option, even `{}`, the library makes every reconnect, and
   * none is left to the browser. `false`: never reconnect, the first loss closes the connection.
   *
   * @default the browser reconnects where it can; otherwise exponential backoff, 1 s to 30 s, jittered
   */
  retry?: Retry | undefined
  /**
   * How long an attempt may take, in ms, until the server answers. After that it has failed, with an
   * error of type `'timeout'`. Includes the pause that a browser makes before it reconnects by itself.
   * `false` or 0: no limit.
   *
   * @default 60_000
   */
  connectTimeout?: number | false | undefined
  /**
   * How long an open connection may be silent, in ms. After that it counts as lost, with an error of
   * type `'timeout'`, and is replaced. Choose a value above the longest silence of a healthy server.
   * The fetch transport counts comments as activity. The native transport sees events only, so the
   * server must send some. `false` or 0: no limit.
   *
   * @default false
   */
  heartbeat?: number | false | undefined
  /**
   * Closes the connection for good, with `reason: 'done'`, at the first event for which it returns
   * `true`: `until: event => event.data === '[DONE]'`. Called before decoding. The event that ends the
   * stream reaches no channel, but with the native transport it must have one: `EventSource` delivers
   * only events with a listener.
   */
  until?: ((event: ServerSentEvent) => boolean) | undefined
  /**
   * The id to resume after when the stream opens for the first time, from server rendering or storage.
   * The native transport sends it only with `lastEventIdParam`.
   */
  lastEventId?: string | undefined
  /**
   * Kept values before the first event, by the keys of the channels: for example the values that the
   * server rendered, shown until the stream continues from `lastEventId`. Used where a channel has no
   * value yet. Not decoded.
   */
  initialData?: Readonly<Record<string, unknown>> | undefined
  /**
   * Drops an event if one of the last `dedupe` events had the same id, for servers that repeat events
   * after a reconnect. Use it only where every event has its own id: an event without one counts as a
   * repeat, because it has the id of the event before it. 0: drops none.
   *
   * @default 0
   */
  dedupe?: number | undefined
  /**
   * When new values are published. `'frame'`: at most once a frame, inside the frame, so that nothing
   * is painted later than otherwise. `'sync'`: at each event. A number: at most once in so many ms. All
   * components on one connection update together, so they never disagree. `.forEach` handlers and the
   * callbacks below are never delayed.
   *
   * @default 'frame'
   */
  flush?: Flush | undefined
  /**
   * How long, in ms, a connection and its kept values stay after the last component that uses them has
   * unmounted, so that StrictMode, `<Activity>` and a change of route do not reconnect. 0 closes at
   * once. The maximum is 2^31 - 1, about 25 days. An inline channel with a function of its own is a new
   * channel when its component mounts again, and starts over.
   *
   * @default 1000
   */
  linger?: number | undefined
  /**
   * Called each time the stream opens. An app can fetch here what it missed while the stream was down.
   * This callback and the two below are called for each component that gives one, and once for a
   * provider that does.
   */
  onOpen?: ((opened: Opened) => void) | undefined
  /**
   * Called at each loss of the connection, and for each event that cannot be decoded, even if the
   * event's channel belongs to another component.
   */
  onError?: ((error: EventSourceError) => void) | undefined
  /** Called when the connection closes for good. Not called when the last component unmounts. */
  onClose?: ((closed: Closed) => void) | undefined
}

/** The argument of `onOpen`. */
export interface Opened {
  /** Whether the stream had been open before. */
  readonly reconnected: boolean
  /** How long the stream was down, in ms; 0 the first time. */
  readonly downFor: number
  /** The id that the stream resumes after, where the transport can send it; `''` for none. */
  readonly lastEventId: string
}

/** The argument of `onClose`. */
export interface Closed {
  readonly reason: CloseReason
  /** The error, if the reason is `'failed'`; otherwise `null`. */
  readonly error: EventSourceError | null
}

type Defaulted =
  | 'withCredentials'
  | 'transport'
  | 'connectTimeout'
  | 'lastEventId'
  | 'flush'
  | 'linger'

/** The options with defaults filled in. */
export type ResolvedOptions = Omit<EventSourceOptions, Defaulted> & {
  readonly [Name in Defaulted]-?: NonNullable<EventSourceOptions[Name]>
}

/** Returns the current value of an option. */
export type OptionOf = <Name extends keyof EventSourceOptions>(
  name: Name,
) => EventSourceOptions[Name]

/**
 * Throws if a number is out of bounds. In development, also throws at the former name of an option,
 * which would have no effect.
 *
 * @throws {RangeError} a sentence that names the option and the fix
 * @throws {TypeError} a sentence that names the new name
 */
export function checkOptions(option: OptionOf): void {
  let checkNames: typeof checkFormerNames | undefined
  try {
    // Bundlers drop the check from production builds. Browsers without a bundler have no `process`.
    if (process.env.NODE_ENV !== 'production') checkNames = checkFormerNames
  } catch {}
  checkNames?.(option)
  NUMBERS.forEach((name) => checkNumber(name, option(name), 0))
  const retry = option('retry')
  if (retry) for (const [name, value] of Object.entries(retry)) checkNumber(name, value, 0)
}

declare const process: { readonly env: { readonly NODE_ENV?: string } }

const NUMBERS = ['connectTimeout', 'heartbeat', 'dedupe', 'flush', 'linger'] as const

function checkFormerNames(option: OptionOf): void {
  checkFormerName('', 'initial', option('initial' as keyof EventSourceOptions), 'initialData')
  const retry = { ...(option('retry') as object) } as Readonly<Record<string, unknown>>
  checkFormerName('retry.', 'initial', retry.initial, 'initialDelay')
  checkFormerName('retry.', 'max', retry.max, 'maxDelay')
  checkFormerName('retry.', 'attempts', retry.attempts, 'maxAttempts')
}

function checkFormerName(path: string, former: string, value: unknown, name: string): void {
  if (value !== undefined)
    throw new TypeError(`\`${path}${former}\` is now \`${path}${name}\`: rename the option`)
}
