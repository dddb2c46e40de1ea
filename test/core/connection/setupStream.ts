import type { EventSourceOptions } from 'use-event-source/core'
import { expect } from 'vitest'
import type { ScriptedAttempt } from '../../support/scriptedTransport.ts'
import { type Setup, setupConnection } from './setupConnection.ts'

export type StreamSetup = Setup & {
  /** Connects and opens the attempt. */
  open(): ScriptedAttempt
}

/** Creates a connection with an `open()` that connects and opens the attempt. */
export function setupStream(given?: EventSourceOptions): StreamSetup {
  const setup = setupConnection(given)
  const open = (): ScriptedAttempt => {
    setup.connection.connect()
    setup.transport.latest().open()
    return setup.transport.latest()
  }
  return Object.assign(setup, { open })
}

/** Returns the time until the next attempt, at most a minute, in ms. Opens that attempt. */
export function timeToNextAttempt({ clock, transport }: StreamSetup): number {
  const start = clock.now()
  let attemptAt = Number.NaN
  transport.whileOpening = (attempt) => {
    attemptAt = clock.now()
    transport.whileOpening = undefined
    attempt.open()
  }
  // Stops at the attempt: after it, the heartbeat would replace that one as well.
  for (let i = 0; Number.isNaN(attemptAt) && i < 6_000; i++) clock.advance(10)
  return attemptAt - start
}

/** Uses up the one retry of a policy with `maxAttempts: 1`. */
export function giveUp({ connection, clock, transport }: StreamSetup): void {
  connection.connect()
  transport.latest().fail()
  clock.advance(1_000)
  transport.latest().fail()
  expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
}
