import type { EventSourceOptions } from 'use-event-source/core'
import { expect } from 'vitest'
import type { ScriptedAttempt } from '../../support/scriptedTransport.ts'
import { type Setup, setupConnection } from './setupConnection.ts'

export type StreamSetup = Setup & {
  /** Connects, and lets the server answer. */
  open(): ScriptedAttempt
}

/** A connection that a test opens in one word. */
export function setupStream(given?: EventSourceOptions): StreamSetup {
  const setup = setupConnection(given)
  const open = (): ScriptedAttempt => {
    setup.connection.connect()
    setup.transport.latest().open()
    return setup.transport.latest()
  }
  return Object.assign(setup, { open })
}

/** How long it takes, at most a minute, until the next attempt is made, which is answered. */
export function timeToNextAttempt({ clock, transport }: StreamSetup): number {
  const start = clock.now()
  let madeAt = Number.NaN
  transport.whileOpening = (attempt) => {
    madeAt = clock.now()
    transport.whileOpening = undefined
    attempt.open()
  }
  // No further than that: with time, the one that was answered would be replaced as well.
  for (let i = 0; Number.isNaN(madeAt) && i < 6_000; i++) clock.advance(10)
  return madeAt - start
}

/** Fails until there are no attempts left, of which there is one. */
export function giveUp({ connection, clock, transport }: StreamSetup): void {
  connection.connect()
  transport.latest().fail()
  clock.advance(1_000)
  transport.latest().fail()
  expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'failed' })
}
