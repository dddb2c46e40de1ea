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

/** The transport that reads a stream. */
export type Reader = 'native' | 'fetch'

export interface ReaderOptions {
  /** The `fetch` of the fetch transport. @default the global one */
  readonly fetch?: Fetch | undefined
  /** Event names besides those of all cases. EventSource reports only names with a listener. */
  readonly names?: readonly string[] | undefined
}

/** The events so far. */
export interface Reading {
  readonly events: readonly ServerSentEvent[]
  /** The server's time to reconnect, as the retry policy receives it; fetch only. */
  readonly serverRetry: number | undefined
}

/**
 * Reads a stream until the end of the test. The native reader reconnects after the server's time,
 * which it does not report; the fetch reader reconnects at once.
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
    // Receives each event before it is decoded.
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
