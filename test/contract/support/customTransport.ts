import { EventSourceError, type Transport } from 'use-event-source/core'
import { request } from './openMemoryServer.ts'

/** A transport as a user may write one: it says that it is open, what comes, and that it is lost. */
export function customTransport(): Transport {
  return {
    key: 'custom',
    open({ url, withCredentials, lastEventId }, sink) {
      const { origin } = new URL(url)
      let current = lastEventId
      const lose = (): void => sink.fail(new EventSourceError('network', 'It is gone'))
      const hangUp = request({
        url,
        withCredentials,
        lastEventId,
        opened: () => sink.open(),
        sent({ event: type = 'message', data, id = current }) {
          current = id
          sink.event({ type, data, lastEventId: current, origin })
        },
        toldToWait() {},
        refused: lose,
        lost: lose,
      })
      return { listen() {}, close: hangUp }
    },
  }
}
