import type { EventSourceOptions, OptionOf, ResolvedOptionOf, ResolvedOptions } from '../options.ts'
import { browserTransport } from '../transport/nativeTransport.ts'

/** The built-in defaults. Durations are in ms. */
export const DEFAULTS = {
  withCredentials: false,
  transport: browserTransport,
  lastEventId: '',
  flush: 'frame',
  linger: 1_000,
} satisfies EventSourceOptions

/** Fills in the built-in defaults. */
export function withDefaults(given: EventSourceOptions | OptionOf): ResolvedOptionOf {
  return (name) =>
    ((typeof given === 'function' ? given(name) : given[name]) ??
      (DEFAULTS as EventSourceOptions)[name]) as ResolvedOptions[typeof name]
}
