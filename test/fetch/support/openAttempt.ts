import type { TransportAttempt, TransportRequest } from 'use-event-source/core'
import { fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { requestOf } from '../../support/requestOf.ts'
import { createScriptedFetch, type ScriptedFetch } from './createScriptedFetch.ts'
import { createSinkLog, type SinkLog } from './createSinkLog.ts'
import { settle } from './settle.ts'

export interface OpenedAttempt {
  readonly attempt: TransportAttempt
  readonly log: SinkLog
  readonly server: ScriptedFetch
}

/** Opens one attempt of the fetch transport, without a connection, and waits for its request. */
export async function openAttempt(
  options: FetchTransportOptions = {},
  request: Partial<TransportRequest> = {},
): Promise<OpenedAttempt> {
  const server = createScriptedFetch()
  const log = createSinkLog()
  const attempt = fetchTransport({ fetch: server.fetch, ...options }).open(
    requestOf(request),
    log.sink,
  )
  await settle()
  return { attempt, log, server }
}
