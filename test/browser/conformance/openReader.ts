import {
  createConnection,
  nativeTransport,
  type RetryContext,
  type ServerSentEvent,
  text,
} from 'use-event-source/core'
import { type Fetch, fetchTransport } from 'use-event-source/fetch'
import { onTestFinished } from 'vitest'
import { names } from './cases.ts'

/** What reads: by which transport. */
export type Reader = 'native' | 'fetch'

export interface ReaderOptions {
  /** What the fetch transport asks with. @default the global one */
  readonly fetch?: Fetch | undefined
  /** The events to listen to besides the usual ones: a native EventSource hears no others. */
  readonly names?: readonly string[] | undefined
}

/** What it has read so far. */
export interface Reading {
  readonly events: readonly ServerSentEvent[]
  /** The server's time to reconnect as the retry policy is told of it; not with the native reader. */
  readonly serverRetry: number | undefined
}

/**
 * Reads a stream until the end of the test. It reconnects by itself: the native one when the server
 * says, which is told to nobody, the other one at once.
 */
export function openReader(
  reader: Reader,
  url: string,
  { fetch, names: further = [] }: ReaderOptions = {},
): Reading {
  const events: ServerSentEvent[] = []
  let serverRetry: number | undefined
  const connection = createConnection(url, {
    linger: 0,
    // Sees each event, before decoding.
    until({ type, data, lastEventId, origin }) {
      events.push({ type, data, lastEventId, origin })
      return false
    },
    ...(reader === 'native'
      ? { transport: nativeTransport() }
      : { transport: fetchTransport({ fetch }), retry: atOnce }),
  })
  const channels = [...names, ...further].map((name) => [
    name,
    text()
      .from(name)
      .forEach(() => {}),
  ])
  onTestFinished(connection.observe(Object.fromEntries(channels)).subscribe(() => {}))
  return {
    events,
    get serverRetry() {
      return serverRetry
    },
  }

  function atOnce(context: RetryContext): number {
    serverRetry = context.serverRetry
    return 0
  }
}
