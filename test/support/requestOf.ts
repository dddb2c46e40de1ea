import type { TransportRequest } from 'use-event-source/core'

/** What a transport is asked to open at first, but for what is given. */
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
