/**
 * All in which transports may differ. Where a behaviour depends on one of these, the name of its test
 * says which way it goes; whatever is not here is the same on each of them.
 */
export interface Traits {
  /**
   * Whether the status and the headers of an answer are seen. Then a 204 is the end, a 401, a 404 and a
   * wrong content type are final, `Retry-After` is obeyed, and the error says which it was. Otherwise
   * all of them are network errors, and tried again.
   */
  readonly seesAnswers: boolean
  /** Whether a comment is a sign of life. Otherwise only events are. */
  readonly seesComments: boolean
  /**
   * Whether the `retry:` field of the server reaches the retry policy. Otherwise it counts at the most
   * where the browser retries by itself.
   */
  readonly seesRetryField: boolean
  /**
   * Whether events that nobody listens to are heard, by `until` and where the last event id is told.
   * Otherwise they only count where the browser resumes by itself.
   */
  readonly hearsAllNames: boolean
  /** Whether a loss is left to the browser where no `retry` is given, so that no time is told. */
  readonly retriesByItself: boolean
  /** Whether a connection made anew, by the policy or by `reconnect()`, resumes after the last event. */
  readonly resumesAnew: boolean
  /** Whether an event's origin is that of the address the request was redirected to. */
  readonly knowsFinalOrigin: boolean
}

/** A browser's own `EventSource` tells nothing of an answer but whether it is a stream. */
export const ofNative: Traits = {
  seesAnswers: false,
  seesComments: false,
  seesRetryField: false,
  hearsAllNames: false,
  retriesByItself: true,
  resumesAnew: false,
  knowsFinalOrigin: true,
}

/** With a `lastEventIdParam` the query carries the id. */
export const ofNativeByParam: Traits = { ...ofNative, resumesAnew: true }

/** The mock has no network, and so nothing that redirects. */
export const ofMock: Traits = { ...ofNative, knowsFinalOrigin: false }

export const ofFetch: Traits = {
  seesAnswers: true,
  seesComments: true,
  seesRetryField: true,
  hearsAllNames: true,
  retriesByItself: false,
  resumesAnew: true,
  knowsFinalOrigin: true,
}

/** A transport that does no more than it must. */
export const ofCustom: Traits = {
  seesAnswers: false,
  seesComments: false,
  seesRetryField: false,
  hearsAllNames: true,
  retriesByItself: false,
  resumesAnew: true,
  knowsFinalOrigin: false,
}
