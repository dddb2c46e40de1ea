import { EventSourceError } from '../errors.ts'
import type { ServerSentEvent, Transport } from './transport.ts'

export interface NativeTransportOptions {
  /**
   * The name of a query parameter that carries the last event id when the connection is opened anew,
   * since a new `EventSource` can't send the `Last-Event-ID` header. The server must read it.
   * The browser's own retries send the header, with or without this.
   *
   * @default undefined: the id is not sent, and a connection that the browser gave up starts afresh
   */
  lastEventIdParam?: string | undefined
}

/**
 * The browser's own `EventSource`. It is looked up when a connection opens, so a polyfill or a mock
 * may come late, and a server needs none.
 *
 * It leaves a lost connection to the browser, which tries again and sends `Last-Event-ID`, unless the
 * `retry` option is given. The browser gives up on anything but a 200 with `text/event-stream`, and
 * does not say which it was; then the retry policy opens a new one.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function nativeTransport({ lastEventIdParam }: NativeTransportOptions = {}): Transport {
  return {
    key: `native ${lastEventIdParam}`,
    open({ url, withCredentials, lastEventId, mayRetry }, sink) {
      // Where there is no EventSource, this throws: the error is of type "unsupported".
      const target = new URL(url)
      if (lastEventIdParam && lastEventId) target.searchParams.set(lastEventIdParam, lastEventId)
      const source = new EventSource(target, { withCredentials })
      const onEvent = (event: Event): void => {
        // A server may name its events "open" and "error" as well: those have data.
        if ('data' in event) return sink.event(event as Event & ServerSentEvent)
        if (event.type === 'open') return sink.open()
        // [spec] If the connection is to be reestablished, readyState is CONNECTING by now; if it
        // has failed, CLOSED. The text forbids the event to say more.
        const isGivenUp = source.readyState === source.CLOSED
        const why = isGivenUp ? 'Not an event stream' : 'Connection lost or refused'
        const error = new EventSourceError('network', why, { cause: event })
        if (mayRetry && !isGivenUp) sink.drop(error)
        else sink.fail(error)
      }
      // Adding a listener twice has no effect, so a name that comes later may be one of these two.
      const listen = (name: string): void => source.addEventListener(name, onEvent)
      listen('open')
      listen('error')
      return { listen, close: () => source.close() }
    },
  }
}
