import type { TransportRequest } from 'use-event-source/core'

/** Returns the request of a first attempt, with the given fields replaced. */
export function requestOf(given: Partial<TransportRequest> = {}): TransportRequest {
  return {
    url: 'https://example.com/stream',
    withCredentials: false,
    lastEventId: '',
    mayRetry: true,
    attempt: 0,
    error: null,
    ...given,
  }
}
