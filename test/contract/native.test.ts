import { nativeTransport } from 'use-event-source/core'
import { describeContract } from './describeContract.ts'
import { LAST_EVENT_ID_PARAM, openHttpServer } from './support/openHttpServer.ts'
import { nativeTraits, nativeTraitsWithParam } from './traits.ts'

describeContract({
  name: 'nativeTransport',
  traits: nativeTraits,
  makeTransport: nativeTransport,
  open: (...answers) => openHttpServer(nativeTransport(), answers),
})

const byParam = () => nativeTransport({ lastEventIdParam: LAST_EVENT_ID_PARAM })

describeContract({
  name: 'nativeTransport with a lastEventIdParam',
  traits: nativeTraitsWithParam,
  makeTransport: byParam,
  open: (...answers) => openHttpServer(byParam(), answers),
})
