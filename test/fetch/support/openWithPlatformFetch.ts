import type { TransportRequest } from 'use-event-source/core'
import type { FetchTransportOptions } from 'use-event-source/fetch'
import { type OpenedAttempt, openAttempt } from './openAttempt.ts'
import { stubFetch } from './stubFetch.ts'

/** Opens one attempt whose requests go to the platform's `fetch`, which is a scripted one here. */
export async function openWithPlatformFetch(
  options: FetchTransportOptions = {},
  request: Partial<TransportRequest> = {},
): Promise<OpenedAttempt> {
  const server = stubFetch()
  return { ...(await openAttempt({ fetch: undefined, ...options }, request)), server }
}
