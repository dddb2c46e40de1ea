import type {
  Closed,
  ConnectionState,
  EventSourceError,
  EventSourceOptions,
  Opened,
} from 'use-event-source/core'
import { DEFAULTS } from '../../../src/core/client/defaults.ts'
import {
  createStreamConnection,
  type StreamConnection,
} from '../../../src/core/connection/createStreamConnection.ts'
import { createClock } from '../../support/clock.ts'
import { createScriptedTransport, type serverSentEvent } from '../../support/scriptedTransport.ts'

export const URL_OF_STREAM = 'https://example.com/stream'

/** A policy with predictable delays. */
export const STEADY = { initialDelay: 1_000, factor: 2, jitter: false }

/** The fields of the state of a connection that is idle or closed without an error. */
export const HALTED = { attempt: 0, retryAt: null, error: null }

export type Setup = ReturnType<typeof setupConnection>
export type Call = ['onOpen', Opened] | ['onError', EventSourceError] | ['onClose', Closed]

/** Creates a connection on a virtual clock and a scripted transport, with a log of callbacks. */
export function setupConnection(
  given: EventSourceOptions = {},
  onState?: (state: ConnectionState) => void,
) {
  const clock = createClock()
  const transport = createScriptedTransport()
  const options = { ...DEFAULTS, transport, ...given }
  const states: ConnectionState[] = []
  const received: ReturnType<typeof serverSentEvent>[] = []
  const log: Call[] = []
  const connection: StreamConnection = createStreamConnection(
    {
      url: URL_OF_STREAM,
      environment: clock,
      option: (name) => options[name] as never,
      publish() {
        states.push(connection.getState())
        onState?.(connection.getState())
      },
      callUsers(name, argument) {
        log.push([name, argument] as Call)
        made.onCall?.(name)
      },
    },
    {
      names: () => ['message', 'tick'],
      dispatch(event) {
        received.push(event)
        made.onEvent?.(event)
      },
      reset: () => made.startedOver++,
    },
  )
  const made = {
    connection,
    clock,
    transport,
    options: options as EventSourceOptions,
    states,
    received,
    log,
    /** How often the kept values were discarded. */
    startedOver: 0,
    /** The ids of all events that a test has sent. */
    sent: [] as string[],
    onCall: undefined as ((name: Call[0]) => void) | undefined,
    onEvent: undefined as ((event: (typeof received)[number]) => void) | undefined,
  }
  return made
}
