import type { Transport } from 'use-event-source/core'
import type { Condition, Redirect, Reply, Step } from '../support/server/script.ts'
import type { Traits } from './traits.ts'

/** What the list of behaviours is run on. */
export interface Contract {
  readonly name: string
  readonly traits: Traits
  /** Makes the transport anew, as a component does that has it inline. */
  makeTransport(): Transport
  /**
   * Opens a server; it ends with the test.
   *
   * @param answers - what the requests get, in this order; the last answer is for all that follow
   */
  open(...answers: ContractAnswer[]): Promise<ContractServer>
}

/** A server, or what plays one where there is no network. */
export interface ContractServer {
  readonly url: string
  readonly transport: Transport
  /** What the next requests get, in this order; the last answer is for all that follow. */
  answer(...answers: ContractAnswer[]): Promise<void>
  /** Plays steps on all answers that are open now. */
  play(...steps: ContractStep[]): Promise<void>
  /** Refuses connections; those that are open stay so. */
  refuse(): Promise<void>
  accept(): Promise<void>
  /** What it has seen so far. */
  log(): Promise<ContractLog>
  /** The same as soon as the condition holds; rejects when it does not in good time. */
  until(condition: Condition): Promise<ContractLog>
}

export interface ContractLog {
  /** All requests, by the last event id that each carries; `null` for none. */
  readonly requests: readonly (string | null)[]
  /** How many of them are open now. */
  readonly open: number
}

/** As much of a scripted server's vocabulary as also a mock can act out. */
export type ContractAnswer = number | ContractReply | Redirect | 'stall' | 'reset'

export interface ContractReply extends Pick<Reply, 'status' | 'headers'> {
  readonly body?: readonly ContractStep[]
}

export type ContractStep = Extract<
  Step,
  'end' | 'reset' | { send: unknown } | { retry: number } | { comment: string }
>
