import {
  EventSourceError,
  type Transport,
  type TransportAttempt,
  type TransportRequest,
  type TransportSink,
} from 'use-event-source/core'
import { fetchTransport, type FetchTransportOptions } from 'use-event-source/fetch'
import { type Call, fromPlainError, type Order, type ToPage, type ToThread } from './messages.ts'
import { ownParts } from './ownParts.ts'
import { unpack } from './pack.ts'
import { startWorker } from './startWorker.ts'

/**
 * As those of `fetchTransport`, but for `fetch`: a function can't go along to another thread. `headers`
 * and `body` may be functions all the same: they are called in the page. A body that is a stream is
 * read to its end before it is sent.
 */
export interface WorkerTransportOptions extends Omit<FetchTransportOptions, 'fetch'> {
  /**
   * Makes the worker, one for each attempt, which ends it: where its url must be another, or a trusted
   * one. What it runs is `use-event-source/worker-thread.js`, as a module or as a classic script. Where
   * this throws, or the worker does not start, the page reads the stream by itself.
   *
   * @default a worker of the file that is beside this module, as a bundler or the server has put it there
   */
  worker?: (() => Worker) | undefined
}

/**
 * Reads the stream as `fetchTransport` does, but in a web worker: what comes from the network, its
 * decoding and the cutting into events take no time of the page, which gets one message a frame, and
 * for {@link json} parses what is in it all at once. It is for streams of many events; with a few in a
 * second it gains nothing.
 *
 * A page that is busy is not overrun: the worker holds what has come, up to 4 Mi characters, and then
 * reads no further. Each attempt has a worker of its own, and ends it.
 *
 * Where there are no workers, as in Node, or none can be started, because the file is not there or a
 * Content-Security-Policy forbids it, it is `fetchTransport`, without a word.
 *
 * @throws {RangeError} when `maxBufferSize` is below 1
 */
export function workerTransport(options: WorkerTransportOptions = {}): Transport {
  const { worker: makeWorker = startWorker, ...rest } = options
  const inPage = fetchTransport(rest)
  return {
    ...inPage,
    key: `worker ${inPage.key}`,
    open(request, sink) {
      let worker: Worker
      try {
        worker = makeWorker()
      } catch {
        return inPage.open(request, sink)
      }
      return readIn(worker, rest, request, sink, () => inPage.open(request, sink))
    },
  }
}

/**
 * Has a worker read the stream.
 *
 * @param readHere - reads it in the page, where the worker does not start
 */
function readIn(
  worker: Worker,
  options: FetchTransportOptions,
  request: TransportRequest,
  sink: TransportSink,
  readHere: () => TransportAttempt,
): TransportAttempt {
  let hasSpoken = false
  let end = (): void => {
    worker.onmessage = worker.onmessageerror = worker.onerror = null
    worker.terminate()
  }
  const send = (message: ToThread): void => worker.postMessage(message)

  worker.onmessage = ({ data }: MessageEvent<ToPage>) => {
    hasSpoken = true
    // Before it is read, so that the next one can be made meanwhile.
    send(null)
    for (const call of data) hear(call)
  }
  worker.onmessageerror = () => {
    sink.fail(new EventSourceError('network', 'A message of the worker can not be read'))
  }
  worker.onerror = (event) => {
    // It has nothing to say to the console.
    event.preventDefault()
    if (hasSpoken) {
      const message = `The worker has failed: ${event.message}`
      return sink.fail(new EventSourceError('network', message, { cause: event }))
    }
    // It does not run, and so has asked for nothing.
    end()
    try {
      end = readHere().close
    } catch (thrown) {
      sink.fail(thrown as EventSourceError, true)
    }
  }
  send(orderOf(options, request))
  return { listen() {}, close: () => end() }

  function hear(call: Call): void {
    switch (call[0]) {
      case 'events':
        return sink.batch(() => unpack(call[1]).forEach(sink.event))
      case 'drop':
        return sink.drop(fromPlainError(call[1]))
      case 'fail':
        return sink.fail(fromPlainError(call[1]), call[2])
      case 'done':
        return sink.done(call[1] && fromPlainError(call[1]))
      case 'ask':
        return answer(call[1] ? fromPlainError(call[1]) : request.error)
      case 'id':
        return sink.id(call[1])
      case 'retry':
        return sink.retry(call[1])
      default:
        return sink[call[0]]()
    }
  }

  function answer(error: EventSourceError | null): void {
    const { attempt, lastEventId } = request
    ownParts(options, { attempt, lastEventId, error })
      .then(send)
      .catch((thrown: unknown) => {
        const isKnown = thrown instanceof EventSourceError
        const message = `The request failed: ${thrown}`
        sink.fail(isKnown ? thrown : new EventSourceError('network', message, { cause: thrown }))
      })
  }
}

function orderOf(
  { method, headers, body, credentials, maxBufferSize, refreshOn }: FetchTransportOptions,
  request: TransportRequest,
): Order {
  return {
    // The page knows the error, which can not be sent.
    request: { ...request, error: null },
    options: {
      method: method ?? ((body ?? null) === null ? 'GET' : 'POST'),
      credentials,
      maxBufferSize,
      // Headers that are given as they are stay as they are.
      refreshOn: typeof headers === 'function' ? refreshOn : [],
    },
  }
}
