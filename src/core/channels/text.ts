import { detach } from '../detach.ts'
import { createDecoder, type Decoder } from './channel.ts'

/** A channel of an event's data as it came. It is the same object each time. */
export function text(): Decoder<string> {
  return decoder
}

const decoder = /*#__PURE__*/ createDecoder<string>('text', (event) => detach(event.data))
