import { EventSourceError } from 'use-event-source/core'

/**
 * Returns the result of `make`. If it throws, no attempt can succeed, and the error says what to change.
 * The platform's own error is not kept: its message may contain the url or a header, and so a secret.
 *
 * @throws {EventSourceError} of type `'unsupported'`
 */
export function demand<T>(make: () => T, message: string): T {
  try {
    return make()
  } catch {
    throw new EventSourceError('unsupported', message)
  }
}
