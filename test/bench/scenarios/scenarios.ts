import { flood } from './flood.ts'
import { heap } from './heap.ts'
import { latency } from './latency.ts'
import { paced } from './paced.ts'
import { rows } from './rows.ts'
import type { Scenario } from './scenario.ts'
import { transports } from './transports.ts'
import { warm } from './warm.ts'

export const scenarios: readonly Scenario[] = [flood, warm, paced, rows, latency, transports, heap]
