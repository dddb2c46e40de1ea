import { fetchTransport } from 'use-event-source/fetch'
import { describeContract } from './describeContract.ts'
import { LAST_EVENT_ID_PARAM, openHttpServer } from './support/openHttpServer.ts'
import { fetchTraits } from './traits.ts'

describeContract({
  name: 'fetchTransport',
  traits: fetchTraits,
  makeTransport: fetchTransport,
  open: (...answers) => openHttpServer(fetchTransport(), answers),
})

const byParam = () => fetchTransport({ lastEventIdParam: LAST_EVENT_ID_PARAM })

describeContract({
  name: 'fetchTransport with a lastEventIdParam',
  traits: fetchTraits,
  makeTransport: byParam,
  open: (...answers) => openHttpServer(byParam(), answers),
})
