import type { EventSourceError } from '../errors.ts'
import { CONNECTING, type ConnectionState, IDLE, OPEN } from './state.ts'

/** The state that is shown, and what must be remembered from one state to the next. */
export interface Machine {
  readonly state: ConnectionState
  /** How many attempts in a row have failed; a healthy stretch sets it back. */
  readonly failures: number
  /** When it last opened, in ms since the epoch; `null` while it is not open. */
  readonly openedAt: number | null
}

/** What can happen to a connection. */
export type ConnectionEvent =
  /** The first attempt starts, or one that the user asked for: the count of failures starts anew. */
  | { readonly type: 'connect' }
  /** The time to retry has come: the next attempt starts. */
  | { readonly type: 'retry' }
  /** The server has answered with a stream. */
  | { readonly type: 'open'; readonly at: number }
  /** Lost; another attempt comes at `retryAt`, or whenever the browser makes it (`null`). */
  | {
      readonly type: 'lose'
      readonly error: EventSourceError
      readonly failures: number
      readonly retryAt: number | null
    }
  /** Lost, and no attempt follows. */
  | { readonly type: 'fail'; readonly error: EventSourceError }
  /** Nothing more is wanted of the server. */
  | { readonly type: 'close'; readonly reason: 'done' | 'stopped' }
  /** Nobody listens any more. */
  | { readonly type: 'release' }

export const INITIAL: Machine = { state: IDLE, failures: 0, openedAt: null }

/**
 * All that a connection's state does, in one place. What is not listed for a state leaves it as it is:
 * `closed` is left by `connect` and `release` only, and an idle connection neither opens nor fails.
 */
export function transition(machine: Machine, event: ConnectionEvent): Machine {
  const { status } = machine.state
  const isLive = status !== 'idle' && status !== 'closed'
  switch (event.type) {
    case 'connect':
      return { state: CONNECTING, failures: 0, openedAt: null }
    case 'release':
      return INITIAL
    case 'retry':
      return status === 'reconnecting'
        ? { ...machine, state: { ...machine.state, retryAt: null } as ConnectionState }
        : machine
    case 'open':
      return isLive ? { ...machine, state: OPEN, openedAt: event.at } : machine
    case 'lose':
      return isLive ? lost(event.error, event.failures, event.retryAt) : machine
    case 'fail':
      return isLive ? ended('failed', event.error) : machine
    case 'close':
      return isLive ? ended(event.reason, null) : machine
  }
}

/** How many attempts in a row have failed if one fails now: 1 after `resetAfter` ms of health. */
export function failuresAfterLoss(machine: Machine, now: number, resetAfter: number): number {
  const { openedAt, failures } = machine
  return openedAt !== null && now - openedAt >= resetAfter ? 1 : failures + 1
}

function lost(error: EventSourceError, failures: number, retryAt: number | null): Machine {
  const state = { status: 'reconnecting', attempt: failures, retryAt, reason: null, error } as const
  return { state, failures, openedAt: null }
}

function ended(reason: 'done' | 'stopped' | 'failed', error: EventSourceError | null): Machine {
  const state = { status: 'closed', attempt: 0, retryAt: null, reason, error } as ConnectionState
  return { state, failures: 0, openedAt: null }
}
