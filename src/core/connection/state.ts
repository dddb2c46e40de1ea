import type { EventSourceError } from '../errors.ts'

/**
 * Why a connection is closed:
 *
 * - `'done'`: the server said that it has finished, or `until` matched
 * - `'stopped'`: `close()` was called
 * - `'failed'`: another attempt would fail, or the retry policy allows none
 */
export type CloseReason = 'done' | 'stopped' | 'failed'

/**
 * The state of a connection, a union discriminated by `status`. Every member has every field, so it
 * can be destructured.
 *
 * - `'idle'`: there is no url; for a {@link Connection}, there is no subscriber
 * - `'connecting'`: the first attempt, or one that does not follow a failure, is in progress
 * - `'open'`: the server has answered with a stream
 * - `'reconnecting'`: an attempt failed or the stream was lost; the next attempt is in progress, or
 *   starts at `retryAt`
 * - `'closed'`: stays closed until `reconnect()`; see `reason`
 */
export type ConnectionState =
  | (NotFailed & { readonly status: 'idle' | 'connecting' | 'open'; readonly reason: null })
  | {
      readonly status: 'reconnecting'
      /** How many attempts in a row have failed; 0 before the first failure. */
      readonly attempt: number
      /**
       * When the next attempt starts, in ms since the epoch. Not a whole number if the delay has jitter.
       * `null` while the attempt is in progress, while the network is off, and while the browser
       * reconnects by itself, because the browser does not say when.
       */
      readonly retryAt: number | null
      readonly reason: null
      readonly error: EventSourceError
    }
  | (NotFailed & { readonly status: 'closed'; readonly reason: 'done' | 'stopped' })
  | {
      readonly status: 'closed'
      readonly attempt: 0
      readonly retryAt: null
      readonly reason: 'failed'
      readonly error: EventSourceError
    }

export type ConnectionStatus = ConnectionState['status']

interface NotFailed {
  readonly attempt: 0
  readonly retryAt: null
  /** `null` in a connection's state. In a hook's result: why the last event could not be decoded. */
  readonly error: EventSourceError | null
}

export const IDLE: ConnectionState = stateOf('idle')
export const CONNECTING: ConnectionState = stateOf('connecting')
export const OPEN: ConnectionState = stateOf('open')

/** Whether the connection is open, connecting or reconnecting. */
export function isLive({ status }: ConnectionState): boolean {
  return status !== 'idle' && status !== 'closed'
}

/** Creates a state. The fields that are not given say that nothing failed and nothing is scheduled. */
export function stateOf(status: ConnectionStatus, fields?: object): ConnectionState {
  const state = { status, attempt: 0, retryAt: null, reason: null, error: null, ...fields }
  return state as ConnectionState
}
