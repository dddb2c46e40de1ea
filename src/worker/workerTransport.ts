import {
  EventSourceError,
  type Transport,
  type TransportAttempt,
  type TransportRequest,
  type TransportSink,
} from 'use-event-source/core'
import { fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import {
  type Call,
  fromPlainError,
  type MessageToPage,
  type MessageToThread,
  type StartMessage,
} from './messages.ts'
import { unpack } from './pack.ts'
import { resolveRequestParts } from './resolveRequestParts.ts'
import { startWorker } from './startWorker.ts'

/**
 * The options of `fetchTransport` without `fetch`, because a function cannot be sent to another thread.
 * `headers` and `body` may still be functions: the page calls them. A body that is a stream is read to
 * its end before it is sent.
 */
export interface WorkerTransportOptions extends Omit<FetchTransportOptions, 'fetch'> {
  /**
   * Makes the worker, one for each attempt. The attempt terminates it. Give this option where the
   * worker needs another url, or a trusted one. The worker must run `use-event-source/worker-thread.js`,
   * as a module or as a classic script. Where this function throws, or the worker does not start, the
   * page reads the stream itself.
   *
   * @default a worker that runs the file published beside this module
   */
  worker?: (() => Worker) | undefined
}

/**
 * Reads the stream as `fetchTransport` does, but in a web worker. Receiving, decoding and parsing the
 * stream take no time of the page, which gets one message a frame. {@link json} parses the data of a
 * message all at once. Meant for streams of many events: a few events a second gain nothing.
 *
 * A busy page is not flooded: the worker buffers up to 4 Mi characters, and then reads no further. Each
 * attempt has its own worker, and terminates it.
 *
 * Falls back to `fetchTransport`, without an error, where no worker can be started: in Node, where the
 * file is missing, or where a Content-Security-Policy forbids workers.
 *
 * @throws {RangeError} when `maxBufferSize` is below 1
 */
export function workerTransport(options: WorkerTransportOptions = {}): Transport {
  const { worker: createWorker = startWorker, ...fetchOptions } = options
  const pageTransport = fetchTransport(fetchOptions)
  return {
    ...pageTransport,
    key: `worker ${pageTransport.key}`,
    open(request, sink) {
      // Other urls, such as `blob:`, gain nothing in a worker, and only the page can tell whether it may
      // request them.
      if (!/^https?:/i.test(request.url)) return pageTransport.open(request, sink)
      let worker: Worker
      try {
        worker = createWorker()
      } catch {
        return pageTransport.open(request, sink)
      }
      const openInPage = () => pageTransport.open(request, sink)
      return openInWorker(worker, fetchOptions, request, sink, openInPage)
    },
  }
}

/** @param openInPage - reads the stream in the page, if the worker does not start */
function openInWorker(
  worker: Worker,
  options: FetchTransportOptions,
  request: TransportRequest,
  sink: TransportSink,
  openInPage: () => TransportAttempt,
): TransportAttempt {
  let hasStarted = false
  let close = (): void => {
    worker.onmessage = worker.onmessageerror = worker.onerror = null
    worker.terminate()
  }
  const send = (message: MessageToThread): void => worker.postMessage(message)

  worker.onmessage = ({ data }: MessageEvent<MessageToPage>) => {
    hasStarted = true
    // Acknowledged first, so that the thread prepares the next message while the page reads this one.
    send(null)
    for (const call of data) handleCall(call)
  }
  worker.onmessageerror = () => {
    sink.fail(new EventSourceError('network', 'A message of the worker can not be read'))
  }
  worker.onerror = (event) => {
    // Handled here, so keep it out of the console.
    event.preventDefault()
    if (hasStarted) {
      const message = `The worker has failed: ${event.message}`
      return sink.fail(new EventSourceError('network', message, { cause: event }))
    }
    // Without a message from the worker, it has not run and has sent no request.
    close()
    try {
      close = openInPage().close
    } catch (thrown) {
      sink.fail(thrown as EventSourceError, true)
    }
  }
  send(createStartMessage(options, request))
  return { listen() {}, close: () => close() }

  function handleCall(call: Call): void {
    switch (call[0]) {
      case 'events':
        return sink.batch(() => unpack(call[1]).forEach(sink.event))
      case 'drop':
        return sink.drop(fromPlainError(call[1]))
      case 'fail':
        return sink.fail(fromPlainError(call[1]), call[2])
      case 'end':
        return sink.end(fromPlainError(call[1]))
      case 'needParts':
        return sendRequestParts(call[1] ? fromPlainError(call[1]) : request.error)
      case 'id':
        return sink.id(call[1])
      case 'retry':
        return sink.retry(call[1])
      default:
        return sink[call[0]]()
    }
  }

  function sendRequestParts(error: EventSourceError | null): void {
    const { attempt, lastEventId } = request
    resolveRequestParts(options, { attempt, lastEventId, error })
      .then(send)
      .catch((thrown: unknown) => {
        const isKnown = thrown instanceof EventSourceError
        const message = `The request failed: ${thrown}`
        const error = isKnown ? thrown : new EventSourceError('network', message, { cause: thrown })
        sink.fail(error, error.type === 'unsupported')
      })
  }
}

function createStartMessage(
  {
    method,
    headers,
    body,
    credentials,
    maxBufferSize,
    refreshOn,
    redirect,
    lastEventIdParam,
    dispatchIncomplete,
  }: FetchTransportOptions,
  request: TransportRequest,
): StartMessage {
  return {
    // The error may have a cause that cannot be sent. Only the page needs it, for the request parts.
    request: { ...request, error: null },
    options: {
      method: method ?? ((body ?? null) === null ? 'GET' : 'POST'),
      credentials,
      maxBufferSize,
      redirect,
      // The thread always has a `headers` function. Plain headers must not be refreshed.
      refreshOn: typeof headers === 'function' ? refreshOn : [],
      lastEventIdParam,
      dispatchIncomplete,
    },
  }
}
