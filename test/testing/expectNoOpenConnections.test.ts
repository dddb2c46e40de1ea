import { beforeEach, expect, it } from 'vitest'
import {
  expectNoOpenConnections,
  installMockEventSource,
  MockEventSource,
} from 'use-event-source/testing'

beforeEach(() => installMockEventSource())

it('passes if there are no connections, or all are closed', () => {
  expectNoOpenConnections()
  new MockEventSource('/closed').close()
  new MockEventSource('/failed').fail()
  expectNoOpenConnections()
})

it('throws an error with the urls of open and connecting ones, and with the fix', () => {
  new MockEventSource('/connecting')
  new MockEventSource('/closed').close()
  const open = new MockEventSource('https://other.test/open')
  open.open()
  const dropped = new MockEventSource('/dropped')
  dropped.drop()
  expect(expectNoOpenConnections).toThrow(
    `3 connection(s) still open: unmount the components that use them, or call close()
  ${location.origin}/connecting
  https://other.test/open
  ${location.origin}/dropped`,
  )
})
