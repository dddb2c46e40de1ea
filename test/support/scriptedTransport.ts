import {
  EventSourceError,
  type ServerSentEvent,
  type Transport,
  type TransportAttempt,
  type TransportRequest,
  type TransportSink,
} from 'use-event-source/core'

/** One attempt of a {@link ScriptedTransport}. The test plays the server through it. */
export interface ScriptedAttempt extends TransportAttempt {
  readonly request: TransportRequest
  /** The sink of the attempt, for calls that a well-behaved transport does not make. */
  readonly sink: TransportSink
  /** The event names listened to, in the order of the `listen` calls. */
  readonly names: readonly string[]
  readonly isClosed: boolean
  open(): void
  /** Sends an event. Without an `id`, it has the id of the event before. */
  emit(type: string, data?: string, id?: string): void
  /** Loses the stream, and retries without the retry policy, like a browser. */
  drop(): EventSourceError
  fail(final?: boolean): EventSourceError
  /** The server says that it has finished. */
  done(): void
  /** The stream ends without the server saying so. */
  end(): void
}

export interface ScriptedTransport extends Transport {
  once?: boolean
  /** All attempts, oldest first. */
  readonly attempts: readonly ScriptedAttempt[]
  /** Returns the attempts that are not closed. */
  live(): readonly ScriptedAttempt[]
  /** Returns the latest attempt. */
  latest(): ScriptedAttempt
  /** Called while an attempt opens, before `open` returns it; may throw. */
  whileOpening: ((attempt: ScriptedAttempt) => void) | undefined
}

/** Creates a transport without I/O, whose attempts are controlled by the test. */
export function createScriptedTransport(key = 'scripted'): ScriptedTransport {
  const attempts: ScriptedAttempt[] = []
  const transport: ScriptedTransport = {
    key,
    attempts,
    whileOpening: undefined,
    live: () => attempts.filter((attempt) => !attempt.isClosed),
    latest() {
      const latest = attempts.at(-1)
      if (!latest) throw new Error('no attempt was made')
      return latest
    },
    open(request, sink) {
      const attempt = createAttempt(request, sink)
      attempts.push(attempt)
      transport.whileOpening?.(attempt)
      return attempt
    },
  }
  return transport
}

/** Returns an event as a transport reports it. */
export function serverSentEvent(
  type: string,
  data = '',
  lastEventId = '',
  hasId?: boolean,
): ServerSentEvent {
  return { type, data, lastEventId, origin: 'https://example.com', hasId }
}

function createAttempt(request: TransportRequest, sink: TransportSink): ScriptedAttempt {
  const names: string[] = []
  let lastEventId = request.lastEventId
  let isClosed = false
  return {
    request,
    sink,
    names,
    get isClosed() {
      return isClosed
    },
    listen: (name) => void names.push(name),
    close() {
      isClosed = true
    },
    open: () => sink.open(),
    emit(type, data, id) {
      lastEventId = id ?? lastEventId
      sink.event(serverSentEvent(type, data, lastEventId, id !== undefined))
    },
    drop() {
      const error = new EventSourceError('network', 'dropped')
      sink.drop(error)
      return error
    },
    fail(final) {
      const error = new EventSourceError('network', 'failed')
      sink.fail(error, final)
      return error
    },
    done: () => sink.done(),
    end: () => sink.end(new EventSourceError('network', 'ended')),
  }
}
