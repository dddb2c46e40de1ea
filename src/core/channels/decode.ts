import { detach } from '../detach.ts'
import { checkUse } from '../misuse/checkUse.ts'
import type { ServerSentEvent } from '../transport/transport.ts'
import { createDecoder, type Decoder } from './channel.ts'

/**
 * Decodes events with your own function. If `fn` throws, the previous value stays, and `error` is an
 * error of type `'decode'`, which names the event and has the exception as its `cause`. If `fn` throws
 * an `EventSourceError`, `error` takes its type, and its `cause` if it has one.
 *
 * @param fn - receives the event's data, and the whole event, for example for its id
 * @throws {TypeError} in development, if `fn` is not a function
 */
export function decode<T>(fn: (data: string, event: ServerSentEvent) => T): Decoder<T> {
  checkUse('function', 'decode', fn)
  return createDecoder('decode', (event) => fn(detach(event.data), event))
}
