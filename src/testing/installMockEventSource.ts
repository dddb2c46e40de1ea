import { endLinger } from 'use-event-source/core'
import { MockEventSource } from './MockEventSource.ts'

/**
 * Puts {@link MockEventSource} in the place of `globalThis.EventSource` and forgets the instances of
 * before. Streams that linger from an earlier test are closed, so this one starts with none.
 *
 * @returns what takes it off again, leaving the global as it was; what is open stays open, for
 * `expectNoOpenConnections` to find
 *
 * @example
 * // Vitest calls what a hook returns; elsewhere, call it in `afterEach`.
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
