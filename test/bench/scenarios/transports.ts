import type { StreamShape } from '../contract.ts'
import { FLOOD, type Scenario, tasksOf } from './scenario.ts'

/** The library's transports, and reference readers that do less. */
export const TRANSPORTS: readonly string[] = [
  'bare-decode',
  'bare-parser',
  'bare-native',
  'transport-fetch',
  'transport-native',
  'transport-worker',
]

const sizes = [
  { events: 335_000, size: 100 },
  { events: 65_536, size: 1_024 },
  { events: 1_024, size: 65_536 },
]

const shapes = sizes.flatMap((size): StreamShape[] => [
  { ...FLOOD, ...size, eol: 'lf' },
  { ...FLOOD, ...size, eol: 'crlf' },
])

export const transports: Scenario = {
  name: 'transports',
  title: 'MB per second of main-thread CPU, by the size of the events',
  tasks: shapes.flatMap((shape) => tasksOf('transports', TRANSPORTS, { shape })),
}
