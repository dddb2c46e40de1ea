import { detach } from '../detach.ts'
import { createDecoder, type Decoder } from './channel.ts'

/** Decodes events to their data, unchanged. Returns the same decoder each time. */
export function text(): Decoder<string> {
  return decoder
}

const decoder = /*#__PURE__*/ createDecoder<string>('text', (event) => detach(event.data))
