/**
 * The ways in which transports may differ. Where a behaviour depends on a trait, its test's name
 * says which way it goes. Every other behaviour is the same on all transports.
 */
export interface Traits {
  /**
   * Whether the transport sees the status and the headers of an answer. If so, a 204 closes the
   * connection as done; a 401, a 404 and a wrong content type are final; `Retry-After` is obeyed;
   * and the error names the cause. Otherwise each of these is a network error, and is retried.
   */
  readonly seesResponses: boolean
  /** Whether a comment counts as a sign of life. Otherwise only events do. */
  readonly seesComments: boolean
  /**
   * Whether the server's `retry:` field reaches the retry policy. Otherwise it matters only where
   * the browser retries by itself.
   */
  readonly seesRetryField: boolean
  /**
   * Whether the transport reports events without a listener, so that `until` sees them and their
   * ids count in `lastEventId`. Otherwise they count only where the browser resumes by itself.
   */
  readonly seesAllNames: boolean
  /** Whether the browser handles a loss where no `retry` is given. `retryAt` is then `null`. */
  readonly browserReconnects: boolean
  /** Whether a new attempt, by the retry policy or `reconnect()`, resumes after the last event. */
  readonly resumesNewAttempts: boolean
  /** Whether an event has the origin of the url that the request was redirected to. */
  readonly knowsFinalOrigin: boolean
}

/** A browser's `EventSource` reveals only whether an answer is a stream. */
export const nativeTraits: Traits = {
  seesResponses: false,
  seesComments: false,
  seesRetryField: false,
  seesAllNames: false,
  browserReconnects: true,
  resumesNewAttempts: false,
  knowsFinalOrigin: true,
}

/** With a `lastEventIdParam`, every attempt is new, and its query carries the id. */
export const nativeTraitsWithParam: Traits = {
  ...nativeTraits,
  browserReconnects: false,
  resumesNewAttempts: true,
}

/** The mock has no network, so nothing redirects. */
export const mockTraits: Traits = { ...nativeTraits, knowsFinalOrigin: false }

export const fetchTraits: Traits = {
  seesResponses: true,
  seesComments: true,
  seesRetryField: true,
  seesAllNames: true,
  browserReconnects: false,
  resumesNewAttempts: true,
  knowsFinalOrigin: true,
}

/** A minimal transport, with only the calls that every transport must make. */
export const customTraits: Traits = {
  seesResponses: false,
  seesComments: false,
  seesRetryField: false,
  seesAllNames: true,
  browserReconnects: false,
  resumesNewAttempts: true,
  knowsFinalOrigin: false,
}
