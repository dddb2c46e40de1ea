import type { EventSourceError } from '../errors.ts'
import {
  type CloseReason,
  CONNECTING,
  type ConnectionState,
  isLive,
  OPEN,
  stateOf,
} from './state.ts'

/** The events that change a connection's state. */
export type ConnectionEvent =
  /** An attempt starts that does not follow a failure: the first, by `reconnect()`, or on a wake. */
  | { readonly type: 'connect' }
  /** While reconnecting: `retryAt` changes; `null` when the attempt starts or waits for the network. */
  | { readonly type: 'wait'; readonly retryAt: number | null }
  /** The server has answered with a stream. */
  | { readonly type: 'open' }
  /** The stream was lost. `retryAt` is `null` where the browser chooses when to reconnect. */
  | {
      readonly type: 'lose'
      readonly error: EventSourceError
      readonly attempt: number
      readonly retryAt: number | null
    }
  | {
      readonly type: 'close'
      readonly reason: CloseReason
      readonly error: EventSourceError | null
    }

/**
 * Returns the next state of a connection. Events that do not apply to a state leave it unchanged: only
 * `connect` leaves `closed`, and an idle connection neither opens nor fails.
 */
export function transition(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  const { type, ...fields } = event
  if (type === 'connect') return CONNECTING
  if (type === 'wait') {
    return state.status === 'reconnecting' && state.retryAt !== event.retryAt
      ? { ...state, retryAt: event.retryAt }
      : state
  }
  if (!isLive(state)) return state
  return type === 'open' ? OPEN : stateOf(type === 'lose' ? 'reconnecting' : 'closed', fields)
}
