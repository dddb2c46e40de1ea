import { detach } from '../detach.ts'
import type { ServerSentEvent } from '../transport/transport.ts'
import { createDecoder, type Decoder } from './channel.ts'

/**
 * A channel with a decoder of your own. Where `fn` throws, the previous value stays and `error` says
 * what came, `type: 'decode'`.
 *
 * @param fn - gets the event's data, and the event for its id
 */
export function decode<T>(fn: (data: string, event: ServerSentEvent) => T): Decoder<T> {
  return createDecoder('decode', (event) => fn(detach(event.data), event))
}
