import { endLinger } from 'use-event-source/core'
import { MockEventSource } from './MockEventSource.ts'

/**
 * Fails the test if a {@link MockEventSource} has not been closed. A stream that only lingers after
 * its last component has unmounted is none of them: its linger ends here.
 *
 * In an `afterEach`, unmount first: Testing Library's own `cleanup` may run after it.
 *
 * @throws Error that lists the urls
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
