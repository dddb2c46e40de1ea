import type { EventSourceError } from '../errors.ts'

/** Why a connection is closed: the server had finished, `close()` was called, or no attempt helps. */
export type CloseReason = 'done' | 'stopped' | 'failed'

/**
 * What a connection is doing, told apart by `status`. Every field is in every state, so that a state
 * can be destructured.
 *
 * - `'idle'`: nobody listens, or there is no url
 * - `'connecting'`: the first attempt, or the one after `reconnect()`, is under way
 * - `'open'`: the server has answered with a stream
 * - `'reconnecting'`: it was lost, and comes back: at `retryAt`, or when the attempt under way succeeds
 * - `'closed'`: it stays closed until `reconnect()`, for the `reason` given
 */
export type ConnectionState =
  | (Calm & { readonly status: 'idle' | 'connecting' | 'open'; readonly reason: null })
  | {
      readonly status: 'reconnecting'
      /** Which attempt in a row is next, or under way; 1 is the first. */
      readonly attempt: number
      /**
       * When it starts, in ms since the epoch (not a whole number, with jitter); `null` once it is
       * under way, while the network is off, and while the browser retries by itself, which does not
       * say when.
       */
      readonly retryAt: number | null
      readonly reason: null
      readonly error: EventSourceError
    }
  | (Calm & { readonly status: 'closed'; readonly reason: 'done' | 'stopped' })
  | {
      readonly status: 'closed'
      readonly attempt: 0
      readonly retryAt: null
      readonly reason: 'failed'
      readonly error: EventSourceError
    }

export type ConnectionStatus = ConnectionState['status']

interface Calm {
  readonly attempt: 0
  readonly retryAt: null
  /** Of the connection: `null`. In a hook's result: the last event that could not be read. */
  readonly error: EventSourceError | null
}

export const IDLE: ConnectionState = stateOf('idle')
export const CONNECTING: ConnectionState = stateOf('connecting')
export const OPEN: ConnectionState = stateOf('open')

/** Whether the connection is open, or on its way to be. */
export function isLive({ status }: ConnectionState): boolean {
  return status !== 'idle' && status !== 'closed'
}

/** Fills the fields that a state does not speak of. */
export function stateOf(status: ConnectionStatus, fields?: object): ConnectionState {
  const calm = { status, attempt: 0, retryAt: null, reason: null, error: null }
  return { ...calm, ...fields } as ConnectionState
}
