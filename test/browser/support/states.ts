import type { ConnectionState } from 'use-event-source'

/**
 * Describes each state of a connection in one line: `'open'`, or
 * `'reconnecting, attempt 2, timed: network'`. Fields with their resting value are left out.
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
