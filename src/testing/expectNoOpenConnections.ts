import { endLinger } from 'use-event-source/core'
import { MockEventSource } from './MockEventSource.ts'

/**
 * Fails the test if a {@link MockEventSource} is not closed. A connection that outlives its last
 * component for the time of its `linger` is closed first, and does not count.
 *
 * In an `afterEach`, unmount before the call: Testing Library's own `cleanup` may run later.
 *
 * @throws {Error} that lists the urls of the open connections
 *
 * @example
 * const { unmount } = render(<Market />)
 * unmount()
 * expectNoOpenConnections()
 */
export function expectNoOpenConnections(): void {
  endLinger()
  const open = MockEventSource.instances.filter(
    (source) => source.readyState !== MockEventSource.CLOSED,
  )
  if (open.length === 0) return
  const list = open.map((source) => `\n  ${source.url}`).join('')
  throw new Error(
    `${open.length} connection(s) still open: unmount the components that use them, or call close()${list}`,
  )
}
