import type { Transport } from 'use-event-source/core'
import type { Condition, Redirect, Reply, Step } from '../support/server/script.ts'
import type { Traits } from './traits.ts'

/** A transport to run the list of behaviours on. */
export interface Contract {
  readonly name: string
  readonly traits: Traits
  /** Creates a new transport, like a component that creates one inline on each render. */
  makeTransport(): Transport
  /**
   * Opens a server, which closes at the end of the test.
   *
   * @param answers - the answers to the requests, in order; the last one repeats
   */
  open(...answers: ContractAnswer[]): Promise<ContractServer>
}

/** An HTTP server, or a stand-in for one where there is no network. */
export interface ContractServer {
  readonly url: string
  readonly transport: Transport
  /** Sets the answers to the next requests, in order; the last one repeats. */
  answer(...answers: ContractAnswer[]): Promise<void>
  /** Plays steps on all open answers. */
  play(...steps: ContractStep[]): Promise<void>
  /** Refuses new connections; open ones stay open. */
  refuse(): Promise<void>
  /** Accepts connections again. */
  accept(): Promise<void>
  /** Returns the requests so far. */
  log(): Promise<ContractLog>
  /** Resolves with the log once the condition is met; rejects after a time limit. */
  until(condition: Condition): Promise<ContractLog>
}

export interface ContractLog {
  /** The last event id that each request carries; `null` for none. */
  readonly requests: readonly (string | null)[]
  /** How many requests are open now. */
  readonly open: number
}

/** The part of a scripted server's vocabulary that a mock can play too. */
export type ContractAnswer = number | ContractReply | Redirect | 'stall' | 'reset'

export interface ContractReply extends Pick<Reply, 'status' | 'headers'> {
  readonly body?: readonly ContractStep[]
}

export type ContractStep = Extract<
  Step,
  'end' | 'reset' | { send: unknown } | { retry: number } | { comment: string }
>
