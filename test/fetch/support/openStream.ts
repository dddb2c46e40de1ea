import {
  type Connection,
  type ConnectionState,
  createConnection,
  type EventSourceError,
  type EventSourceOptions,
  type Observer,
  type ServerSentEvent,
  text,
} from 'use-event-source/core'
import { fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { type Clock, createClock } from '../../support/clock.ts'
import { createScriptedFetch, type ScriptedFetch } from './createScriptedFetch.ts'
import { settle } from './settle.ts'

export const STREAM_URL = 'https://example.com/stream'

/** A connection over the fetch transport, with one subscriber. */
export interface OpenedStream {
  readonly connection: Connection
  readonly observer: Observer
  readonly server: ScriptedFetch
  readonly clock: Clock
  /** The current options. A test may change them. */
  readonly options: EventSourceOptions
  /** The events named "message" so far. */
  readonly events: readonly ServerSentEvent[]
  readonly errors: readonly EventSourceError[]
  readonly states: readonly ConnectionState[]
  unsubscribe(): void
  /** Lets time pass, and then waits until everything that is due has happened. */
  pass(ms: number): Promise<void>
}

/** Opens a stream, and waits for its request. */
export async function openStream(
  fetchOptions: FetchTransportOptions = {},
  given: EventSourceOptions = {},
  {
    ignoresSignal = false,
    onEvent,
  }: { ignoresSignal?: boolean; onEvent?: (event: ServerSentEvent) => void } = {},
): Promise<OpenedStream> {
  const clock = createClock()
  const server = createScriptedFetch(ignoresSignal)
  const events: ServerSentEvent[] = []
  const errors: EventSourceError[] = []
  const states: ConnectionState[] = []
  const transport = fetchTransport({ fetch: server.fetch, ...fetchOptions })
  const options: EventSourceOptions = {
    transport,
    linger: 0,
    onError: (error) => errors.push(error),
    ...given,
  }
  const connection = createConnection(STREAM_URL, options, clock)
  const unwatch = connection.subscribe(() => states.push(connection.getSnapshot()))
  const observer = connection.observe({
    message: text().forEach((_, event) => {
      events.push(event)
      onEvent?.(event)
    }),
  })
  const unobserve = observer.subscribe(() => {})
  await settle()
  return {
    connection,
    observer,
    server,
    clock,
    options,
    events,
    errors,
    states,
    unsubscribe() {
      unwatch()
      unobserve()
    },
    async pass(ms) {
      clock.advance(ms)
      await settle()
    },
  }
}
