import {
  type Channels,
  type Connection,
  createConnection,
  type Data,
  type Environment,
  type EventSourceOptions,
  type EventSourceResult,
  type ServerSentEvent,
} from 'use-event-source/core'
import { onTestFinished } from 'vitest'
import { createLog, type Log } from '../../browser/support/createLog.ts'
import { states } from '../../browser/support/states.ts'
import type { ContractServer } from '../contract.ts'

/** One call of an option's callback, with its argument. */
export type Call = readonly [name: 'onOpen' | 'onError' | 'onClose', argument: unknown]

/** A connection with one subscriber, and a record of what both have seen. */
export interface Connected<C extends Channels> {
  readonly connection: Connection
  /** The snapshots that the subscriber has seen, without repeats. */
  readonly log: Log<EventSourceResult<Data<C>>>
  /** Every event that the connection has received, with or without a listener. */
  readonly received: Log<ServerSentEvent>
  readonly calls: readonly Call[]
  /** The states that the subscriber has seen, one line each; see `states()`. */
  states(): string[]
  /** Unsubscribes. */
  leave(): void
}

/**
 * Connects to a server, and publishes every event at once. The connection closes at the end of the
 * test.
 *
 * @param environment - the clock; the real one if left out
 */
export function connect<C extends Channels>(
  server: ContractServer,
  channels: C,
  options: EventSourceOptions = {},
  environment?: Environment,
): Connected<C> {
  const calls: Call[] = []
  const log = createLog<EventSourceResult<Data<C>>>()
  const received = createLog<ServerSentEvent>()
  const { transport } = server
  const connection = createConnection(
    server.url,
    {
      transport,
      flush: 'sync',
      linger: 0,
      onOpen: (opened) => calls.push(['onOpen', opened]),
      onError: (error) => calls.push(['onError', error]),
      onClose: (closed) => calls.push(['onClose', closed]),
      ...options,
      until(event) {
        const { type, data, lastEventId, origin } = event
        received.add({ type, data, lastEventId, origin })
        return options.until?.(event) ?? false
      },
    },
    environment,
  )
  const observer = connection.observe(channels)
  const look = (): void => {
    const seen = observer.getSnapshot()
    if (seen !== log.latest) log.add(seen)
  }
  const leave = observer.subscribe(look)
  onTestFinished(() => {
    // Leaving alone is not enough: a linger never ends on a clock that stands still.
    connection.close()
    leave()
  })
  look()
  return {
    connection,
    log,
    received,
    calls,
    leave,
    states: () => states(log.entries).filter((state, index, all) => state !== all[index - 1]),
  }
}
