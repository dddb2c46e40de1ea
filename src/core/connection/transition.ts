import type { EventSourceError } from '../errors.ts'
import {
  type CloseReason,
  CONNECTING,
  type ConnectionState,
  isLive,
  OPEN,
  stateOf,
} from './state.ts'

/** What can happen to a connection. */
export type ConnectionEvent =
  /** The first attempt starts, or one that the user asked for. */
  | { readonly type: 'connect' }
  /** The next attempt comes at `retryAt`; `null`: it is under way, or waits for the network. */
  | { readonly type: 'wait'; readonly retryAt: number | null }
  /** The server has answered with a stream. */
  | { readonly type: 'open' }
  /** Lost; the attempt of this number comes at `retryAt`, or whenever the browser makes it (`null`). */
  | {
      readonly type: 'lose'
      readonly error: EventSourceError
      readonly attempt: number
      readonly retryAt: number | null
    }
  /** No attempt follows: nothing more is wanted of the server, or none would help. */
  | {
      readonly type: 'close'
      readonly reason: CloseReason
      readonly error: EventSourceError | null
    }

/**
 * All that a connection's state does, in one place. What is not listed for a state leaves it as it is:
 * `closed` is left by `connect` only, and an idle connection neither opens nor fails.
 */
export function transition(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  const { type, ...fields } = event
  switch (type) {
    case 'connect':
      return CONNECTING
    case 'wait':
      return state.status === 'reconnecting' && state.retryAt !== event.retryAt
        ? { ...state, retryAt: event.retryAt }
        : state
    case 'open':
      return isLive(state) ? OPEN : state
    case 'lose':
      return isLive(state) ? stateOf('reconnecting', fields) : state
    case 'close':
      return isLive(state) ? stateOf('closed', fields) : state
  }
}
