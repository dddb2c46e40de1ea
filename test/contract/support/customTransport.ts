import { EventSourceError, type Transport } from 'use-event-source/core'
import { request } from './openMemoryServer.ts'

/** Creates a transport as a user may write one: it reports the opening, the events and the loss. */
export function customTransport(): Transport {
  return {
    key: 'custom',
    open({ url, withCredentials, lastEventId }, sink) {
      const { origin } = new URL(url)
      let current = lastEventId
      const lose = (): void => sink.fail(new EventSourceError('network', 'Connection lost'))
      const hangUp = request({
        url,
        withCredentials,
        lastEventId,
        opened: () => sink.open(),
        sent({ event: type = 'message', data, id = current }) {
          current = id
          sink.event({ type, data, lastEventId: current, origin })
        },
        setRetryDelay() {},
        refused: lose,
        lost: lose,
      })
      return { listen() {}, close: hangUp }
    },
  }
}
