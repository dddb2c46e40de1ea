import { endLinger } from 'use-event-source/core'
import { MockEventSource } from './MockEventSource.ts'

/**
 * Replaces `globalThis.EventSource` with {@link MockEventSource}, and empties its list of instances.
 * Closes connections that outlive their components because of `linger`, so that each test starts with
 * none.
 *
 * @returns a function that restores the global. Open connections stay open, so that
 *   `expectNoOpenConnections` can still find them
 *
 * @example
 * // Vitest calls the function that a hook returns. With other runners, call it in `afterEach`.
 * beforeEach(() => installMockEventSource())
 */
export function installMockEventSource(): () => void {
  endLinger()
  MockEventSource.instances.length = 0
  const before = Object.getOwnPropertyDescriptor(globalThis, 'EventSource')
  Object.defineProperty(globalThis, 'EventSource', {
    value: MockEventSource,
    configurable: true,
    writable: true,
  })
  let isInstalled = true
  return () => {
    if (!isInstalled) return
    isInstalled = false
    endLinger()
    if (before) Object.defineProperty(globalThis, 'EventSource', before)
    else Reflect.deleteProperty(globalThis, 'EventSource')
  }
}
