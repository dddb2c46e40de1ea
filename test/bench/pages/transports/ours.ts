import type { Transport, TransportSink } from 'use-event-source/core'
import { requestOf } from '../../../support/requestOf.ts'
import { runTransport } from './runTransport.ts'

/** Runs one of the library's transports without the rest of the library. */
export function runOurs(transport: Transport): void {
  runTransport((url, count) => {
    const sink: TransportSink = {
      event: () => count(1),
      batch: (deliver) => deliver(),
      open() {},
      id() {},
      alive() {},
      retry() {},
      drop: fail,
      fail,
      done() {},
      end() {},
    }
    transport.open(requestOf({ url, mayRetry: false }), sink).listen('message')
  })
}

function fail(error: Error): never {
  throw error
}
