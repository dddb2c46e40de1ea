import type { CloseReason } from './connection/state.ts'
import type { Retry } from './connection/retry.ts'
import type { EventSourceError } from './errors.ts'
import type { ServerSentEvent, Transport } from './transport/transport.ts'

/** When pending values are published: once a frame, at each event, or at most once in so many ms. */
export type Flush = 'frame' | 'sync' | number

/**
 * The options of a stream. Every option may be written inline. Only a change of `withCredentials` or of
 * the transport's key makes another stream, and callbacks are those of the latest render.
 *
 * Components on one connection share its options. If several give the same option, the component that
 * mounted last decides. Leaving an option out does not unset it. The exceptions: every callback is
 * called, and `initialData` belongs to the component that gives it.
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
   * When to reconnect after a loss. With this option, the library makes every reconnect from the next
   * attempt on, and leaves none to the browser; `{}` does so with the default delays. With `false`, the
   * first loss closes the connection.
   *
   * @default the browser reconnects where it can; otherwise exponential backoff, 1 s to 30 s, jittered
   */
  retry?: Retry | undefined
  /**
   * How long an attempt may take, in ms, until the server answers. Then the attempt fails, with an
   * error of type `'timeout'`. Firefox notices an answer only when the first byte of its body arrives, so
   * the server should send a comment at once. After a loss that the browser handles by itself, there
   * is no limit. `false` or 0: no limit.
   *
   * @default false
   */
  connectTimeout?: number | false | undefined
  /**
   * How long an open connection may be silent, in ms. Then the connection counts as lost, with an error
   * of type `'timeout'`, and reconnects. Choose a value above the longest silence of a healthy server.
   * The fetch transport counts comments as activity. The native transport sees events only, so the
   * server must send some. `false` or 0: no limit.
   *
   * @default false
   */
  heartbeat?: number | false | undefined
  /**
   * Closes the connection for good, with `reason: 'done'`, at the first event for which the function
   * returns `true`: `until: event => event.data === '[DONE]'`. Called before decoding, and the event
   * that ends the stream reaches no channel. The native transport still needs a channel of that name,
   * because `EventSource` delivers only events that have a listener.
   */
  until?: ((event: ServerSentEvent) => boolean) | undefined
  /**
   * The id to resume after when the stream opens for the first time, from server rendering or storage.
   * The native transport sends it only with `lastEventIdParam`.
   */
  lastEventId?: string | undefined
  /**
   * The kept values before the first event, by the keys of the channels: for example the values that
   * the server rendered, shown until the stream continues from `lastEventId`. Applies to channels
   * without a value, and is not decoded.
   */
  initialData?: Readonly<Record<string, unknown>> | undefined
  /**
   * Drops an event if one of the last `dedupe` events had the same id, for servers that repeat events
   * after a reconnect. An event without an `id` field, which inherits the id before it, is no repeat.
   * The native transport does not see the field: there, only events before the first new id of a
   * response are dropped. A repeat does not change the last event id. 0: drops none.
   *
   * @default 0
   */
  dedupe?: number | undefined
  /**
   * When new values are published. `'frame'`: at most once a frame, early enough to be painted in that
   * frame. `'sync'`: at each event. A number: at most once in so many ms. All components on one
   * connection update together, so they never disagree. `.forEach` handlers and the callbacks below are
   * never delayed.
   *
   * @default 'frame'
   */
  flush?: Flush | undefined
  /**
   * How long, in ms, a connection and its kept values stay after the last component that uses them has
   * unmounted, so that StrictMode, `<Activity>` and a change of route do not reconnect. 0 closes at
   * once. The maximum is 2^31 - 1, about 25 days. A channel that is made inline with a function, such as
   * `.reduce(fn)`, does not keep its value when its component mounts again.
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
   * Called at each loss of the connection, at each failed attempt, and for each event that cannot be
   * decoded, even if the event's channel belongs to another component.
   */
  onError?: ((error: EventSourceError) => void) | undefined
  /**
   * Called when the connection closes and does not reconnect by itself. Not called when the last
   * component unmounts.
   */
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

type Defaulted = 'withCredentials' | 'transport' | 'lastEventId' | 'flush' | 'linger'

/** The options with defaults filled in. */
export type ResolvedOptions = Omit<EventSourceOptions, Defaulted> & {
  readonly [Name in Defaulted]-?: NonNullable<EventSourceOptions[Name]>
}

/** Returns the current value of an option, or its default. */
export type ResolvedOptionOf = <Name extends keyof ResolvedOptions>(
  name: Name,
) => ResolvedOptions[Name]

/** Returns the current value of an option. */
export type OptionOf = <Name extends keyof EventSourceOptions>(
  name: Name,
) => EventSourceOptions[Name]
