import type { ConnectionState } from 'use-event-source'

/**
 * The states of a connection as it was shown, one line for each: `'open'`, or
 * `'reconnecting, attempt 2, timed: network'`. What is not as it should be for the status is added.
 */
export function states(entries: readonly ConnectionState[]): string[] {
  return entries.map(({ status, attempt, retryAt, reason, error }) => {
    const parts: string[] = [status]
    if (attempt !== 0) parts.push(`attempt ${attempt}`)
    if (retryAt !== null) parts.push('timed')
    if (reason !== null) parts.push(reason)
    return parts.join(', ') + (error ? `: ${error.type}` : '')
  })
}
