import { workerTransport } from 'use-event-source/worker'
import { describeContract } from './describeContract.ts'
import { openHttpServer } from './support/openHttpServer.ts'
import { fetchTraits } from './traits.ts'

describeContract({
  name: 'workerTransport',
  traits: fetchTraits,
  makeTransport: workerTransport,
  open: (...answers) => openHttpServer(workerTransport(), answers),
})
