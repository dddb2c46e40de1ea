import { fetchTransport } from 'use-event-source/fetch'
import { describeContract } from './describeContract.ts'
import { openHttpServer } from './support/openHttpServer.ts'
import { fetchTraits } from './traits.ts'

describeContract({
  name: 'fetchTransport',
  traits: fetchTraits,
  makeTransport: fetchTransport,
  open: (...answers) => openHttpServer(fetchTransport(), answers),
})
