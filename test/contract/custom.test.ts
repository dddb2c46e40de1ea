import { describeContract } from './describeContract.ts'
import { customTransport } from './support/customTransport.ts'
import { openMemoryServer } from './support/openMemoryServer.ts'
import { ofCustom } from './traits.ts'

describeContract({
  name: 'a transport that a user has written',
  traits: ofCustom,
  makeTransport: customTransport,
  open: (...answers) => openMemoryServer(customTransport(), answers),
})
