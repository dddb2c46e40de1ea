import { EventSourceError } from '../errors.ts'
import { setQueryParam } from './setQueryParam.ts'
import type { ServerSentEvent, Transport } from './transport.ts'

export interface NativeTransportOptions {
  /**
   * The name of a query parameter for the last event id, which the server must read. A new
   * `EventSource` cannot send the `Last-Event-ID` header. The rest of the query stays as it is. The
   * retry policy makes every reconnect: the browser's own would repeat an id that is out of date.
   *
   * @default undefined: no parameter, and a new `EventSource` starts without an id
   */
  lastEventIdParam?: string | undefined
}

/**
 * Uses the browser's `EventSource`. The global is looked up when an attempt starts, so a polyfill or a
 * mock may be installed late, and rendering on a server needs neither.
 *
 * If neither `retry` nor `lastEventIdParam` is given, the browser itself reconnects after a loss and
 * sends `Last-Event-ID`. The browser gives up on any response other than a 200 with
 * `text/event-stream`, without saying what the response was. The connection then creates a new
 * `EventSource`, by the default retry policy.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function nativeTransport({ lastEventIdParam }: NativeTransportOptions = {}): Transport {
  return lastEventIdParam ? withLastEventIdParam(lastEventIdParam) : browserTransport
}

/** Kept apart so that bundles without `lastEventIdParam` leave out its code. */
export const browserTransport: Transport = {
  key: 'native',
  open({ url, withCredentials, mayRetry }, sink) {
    // Throws where there is no EventSource, which closes the connection as "unsupported".
    const source = new EventSource(url, { withCredentials })
    let isClosed = false
    const onEvent = (event: Event): void => {
      // WebKit reopens a closed source when the page returns from the back-forward cache.
      if (isClosed) return source.close()
      // Events of the server have data, and may be named "open" or "error" as well.
      if ('data' in event) return sink.event(event as Event & ServerSentEvent)
      if (event.type === 'open') return sink.open()
      // [spec] 9.2.3: readyState is CONNECTING if the browser reestablishes the connection, and CLOSED
      // if it failed the connection. The event says nothing more.
      const hasGivenUp = source.readyState === source.CLOSED
      const isFinal = hasGivenUp && !url.startsWith('http')
      const problem = hasGivenUp
        ? 'no event stream for this page: see the network panel'
        : 'lost or refused'
      // A message must not reveal secrets, so it leaves out user name, password, query and fragment.
      const address = url.replace(/(\/\/)[^/?#]*@|[?#].*/g, '$1')
      const error = new EventSourceError(
        isFinal ? 'unsupported' : 'network',
        `${address}: ${problem}`,
        { cause: event },
      )
      if (mayRetry && !hasGivenUp) sink.drop(error)
      else sink.fail(error, isFinal)
    }
    // Adding a listener twice has no effect, so `listen` may be called with these names as well.
    const listen = (name: string): void => source.addEventListener(name, onEvent)
    listen('open')
    listen('error')
    return {
      listen,
      close() {
        isClosed = true
        source.close()
      },
    }
  },
}

/** Leaves no reconnect to the browser, which would repeat a parameter that is out of date. */
function withLastEventIdParam(name: string): Transport {
  return {
    key: `native ${name}`,
    open(request, sink) {
      const { lastEventId } = request
      const url = lastEventId ? setQueryParam(request.url, name, lastEventId) : request.url
      return browserTransport.open({ ...request, url, mayRetry: false }, sink)
    },
  }
}
