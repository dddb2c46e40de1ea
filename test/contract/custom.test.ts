import { describeContract } from './describeContract.ts'
import { customTransport } from './support/customTransport.ts'
import { openMemoryServer } from './support/openMemoryServer.ts'
import { customTraits } from './traits.ts'

describeContract({
  name: 'a transport written by a user',
  traits: customTraits,
  makeTransport: customTransport,
  open: (...answers) => openMemoryServer(customTransport(), answers),
})
