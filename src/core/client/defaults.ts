import type { EventSourceOptions } from '../options.ts'
import { nativeTransport } from '../transport/nativeTransport.ts'

/** The built-in defaults. Durations are in ms. */
export const DEFAULTS = {
  withCredentials: false,
  transport: /*#__PURE__*/ nativeTransport(),
  lastEventId: '',
  flush: 'frame',
  linger: 1_000,
} satisfies EventSourceOptions
