import type { EventSourceOptions } from '../options.ts'
import { browserTransport } from '../transport/nativeTransport.ts'

/** The built-in defaults. Durations are in ms. */
export const DEFAULTS = {
  withCredentials: false,
  transport: browserTransport,
  lastEventId: '',
  flush: 'frame',
  linger: 1_000,
} satisfies EventSourceOptions
