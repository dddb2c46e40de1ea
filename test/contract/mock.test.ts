import { nativeTransport } from 'use-event-source/core'
import { expectNoOpenConnections } from 'use-event-source/testing'
import { afterAll, beforeEach } from 'vitest'
import { describeContract } from './describeContract.ts'
import { installMockBrowser } from './support/installMockBrowser.ts'
import { openMemoryServer } from './support/openMemoryServer.ts'
import { mockTraits } from './traits.ts'

beforeEach(() => {
  // Checks the test before this one: its `onTestFinished` callbacks run after every `afterEach`.
  expectNoOpenConnections()
  return installMockBrowser()
})

afterAll(expectNoOpenConnections)

describeContract({
  name: 'nativeTransport on a MockEventSource',
  traits: mockTraits,
  makeTransport: nativeTransport,
  open: (...answers) => openMemoryServer(nativeTransport(), answers),
})
