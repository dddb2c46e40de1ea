import {
  EventSourceError,
  type ServerSentEvent,
  type Transport,
  type TransportAttempt,
  type TransportRequest,
  type TransportSink,
} from 'use-event-source/core'

/** One attempt of a {@link ScriptedTransport}: the test plays the server. */
export interface ScriptedAttempt extends TransportAttempt {
  readonly request: TransportRequest
  /** What the driver gave it, for what a transport should not say. */
  readonly sink: TransportSink
  /** The names listened to, in the order in which they came. */
  readonly names: readonly string[]
  readonly isClosed: boolean
  open(): void
  /** Sends an event; without an `id` it has that of the one before. */
  emit(type: string, data?: string, id?: string): void
  /** Loses the stream, and tries again by itself. */
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
  /** Those that nobody has closed. */
  live(): readonly ScriptedAttempt[]
  /** The attempt made last. */
  latest(): ScriptedAttempt
  /** Runs while an attempt opens, before the driver has it; it may throw. */
  whileOpening: ((attempt: ScriptedAttempt) => void) | undefined
}

/** A transport without I/O, whose attempts do what the test says. */
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

/** An event as a server sends it. */
export function serverSentEvent(type: string, data = '', lastEventId = ''): ServerSentEvent {
  return { type, data, lastEventId, origin: 'https://example.com' }
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
    emit(type, data, id = lastEventId) {
      lastEventId = id
      sink.event(serverSentEvent(type, data, id))
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
