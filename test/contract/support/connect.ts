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

/** What the callbacks of the options were given, in order. */
export type Call = readonly [name: 'onOpen' | 'onError' | 'onClose', argument: unknown]

/** A connection with one subscriber, and all that the two have seen. */
export interface Connected<C extends Channels> {
  readonly connection: Connection
  /** What the subscriber has seen, each thing once. */
  readonly log: Log<EventSourceResult<Data<C>>>
  /** Every event that came, whoever listens to it. */
  readonly heard: Log<ServerSentEvent>
  readonly calls: readonly Call[]
  /** The states that the subscriber has seen, each a line; see `states()`. */
  states(): string[]
  /** Ends the subscription. */
  leave(): void
}

/**
 * Connects to a server; what comes is shown at once. It ends with the test.
 *
 * @param environment - another clock
 */
export function connect<C extends Channels>(
  server: ContractServer,
  channels: C,
  options: EventSourceOptions = {},
  environment?: Environment,
): Connected<C> {
  const calls: Call[] = []
  const log = createLog<EventSourceResult<Data<C>>>()
  const heard = createLog<ServerSentEvent>()
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
        heard.add({ type, data, lastEventId, origin })
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
    // Not by leaving alone: on a clock that stands still a linger has no end.
    connection.close()
    leave()
  })
  look()
  return {
    connection,
    log,
    heard,
    calls,
    leave,
    states: () => states(log.entries).filter((state, index, all) => state !== all[index - 1]),
  }
}
