import { nativeTransport } from 'use-event-source/core'
import { beforeEach } from 'vitest'
import { describeContract } from './describeContract.ts'
import { installMockBrowser } from './support/installMockBrowser.ts'
import { openMemoryServer } from './support/openMemoryServer.ts'
import { ofMock } from './traits.ts'

beforeEach(() => installMockBrowser())

describeContract({
  name: 'nativeTransport on a MockEventSource',
  traits: ofMock,
  makeTransport: nativeTransport,
  open: (...answers) => openMemoryServer(nativeTransport(), answers),
})
