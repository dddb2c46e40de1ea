import { nativeTransport } from 'use-event-source/core'
import { expectNoOpenConnections } from 'use-event-source/testing'
import { afterAll, beforeEach } from 'vitest'
import { describeContract } from './describeContract.ts'
import { installMockBrowser } from './support/installMockBrowser.ts'
import { openMemoryServer } from './support/openMemoryServer.ts'
import { ofMock } from './traits.ts'

beforeEach(() => {
  // Of the test before: what ends with a test ends after its `afterEach`.
  expectNoOpenConnections()
  return installMockBrowser()
})

afterAll(expectNoOpenConnections)

describeContract({
  name: 'nativeTransport on a MockEventSource',
  traits: ofMock,
  makeTransport: nativeTransport,
  open: (...answers) => openMemoryServer(nativeTransport(), answers),
})
