import { workerTransport } from 'use-event-source/worker'
import { describeContract } from './describeContract.ts'
import { LAST_EVENT_ID_PARAM, openHttpServer } from './support/openHttpServer.ts'
import { fetchTraits } from './traits.ts'

describeContract({
  name: 'workerTransport',
  traits: fetchTraits,
  makeTransport: workerTransport,
  open: (...answers) => openHttpServer(workerTransport(), answers),
})

const byParam = () => workerTransport({ lastEventIdParam: LAST_EVENT_ID_PARAM })

describeContract({
  name: 'workerTransport with a lastEventIdParam',
  traits: fetchTraits,
  makeTransport: byParam,
  open: (...answers) => openHttpServer(byParam(), answers),
})
