import { detach } from '../detach.ts'
import { createDecoder, type Decoder } from './channel.ts'

/** Keeps an event's data as a string, unchanged. Returns the same decoder each time. */
export function text(): Decoder<string> {
  return decoder
}

const decoder = /*#__PURE__*/ createDecoder<string>('text', (event) => detach(event.data))
