import type {
  Closed,
  ConnectionState,
  EventSourceError,
  EventSourceOptions,
  Opened,
} from 'use-event-source/core'
import { DEFAULTS } from '../../../src/core/client/defaults.ts'
import { createDriver, type Driver } from '../../../src/core/connection/createDriver.ts'
import { createClock } from '../../support/clock.ts'
import { createScriptedTransport, type serverSentEvent } from '../../support/scriptedTransport.ts'

export const URL_OF_STREAM = 'https://example.com/stream'

/** A policy whose delays a test can count on. */
export const STEADY = { initial: 1_000, factor: 2, jitter: false }

/** What a connection has in its state while it is at rest. */
export const HALTED = { attempt: 0, retryAt: null, error: null }

export type Setup = ReturnType<typeof setupDriver>
export type Call = ['onOpen', Opened] | ['onError', EventSourceError] | ['onClose', Closed]

/** A driver on a virtual clock and a scripted transport, and a log of all that it says. */
export function setupDriver(
  given: EventSourceOptions = {},
  onState?: (state: ConnectionState) => void,
) {
  const clock = createClock()
  const transport = createScriptedTransport()
  const options = { ...DEFAULTS, transport, ...given }
  const states: ConnectionState[] = []
  const received: ReturnType<typeof serverSentEvent>[] = []
  const log: Call[] = []
  const driver: Driver = createDriver(
    URL_OF_STREAM,
    clock,
    (name) => options[name] as never,
    {
      names: () => ['message', 'tick'],
      dispatch(event) {
        received.push(event)
        made.onEvent?.(event)
      },
    },
    () => {
      states.push(driver.getState())
      onState?.(driver.getState())
    },
    (name, argument) => {
      log.push([name, argument] as Call)
      made.onCall?.(name)
    },
  )
  const made = {
    driver,
    clock,
    transport,
    options: options as EventSourceOptions,
    states,
    received,
    log,
    /** The ids of all events that reached the driver. */
    sent: [] as string[],
    onCall: undefined as ((name: Call[0]) => void) | undefined,
    onEvent: undefined as ((event: (typeof received)[number]) => void) | undefined,
  }
  return made
}
