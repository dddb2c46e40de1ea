import type { Transport } from 'use-event-source/core'
import { openStream } from '../../browser/support/openStream.ts'
import type { RecordedRequest, ServerLog } from '../../support/server/script.ts'
import type { ContractAnswer, ContractLog, ContractServer } from '../contract.ts'

/** The query parameter in which a transport may send the last event id. */
export const LAST_EVENT_ID_PARAM = 'lastEventId'

/** Opens a scripted HTTP server. */
export async function openHttpServer(
  transport: Transport,
  answers: ContractAnswer[],
): Promise<ContractServer> {
  const { log, until, ...stream } = await openStream(...answers)
  return {
    ...stream,
    transport,
    log: async () => digest(await log()),
    until: async (condition) => digest(await until(condition)),
  }
}

function digest({ requests, open }: ServerLog): ContractLog {
  return { requests: requests.map(lastEventIdOf), open }
}

function lastEventIdOf({ url, lastEventId }: RecordedRequest): string | null {
  return lastEventId ?? new URL(url, 'http://server').searchParams.get(LAST_EVENT_ID_PARAM)
}
