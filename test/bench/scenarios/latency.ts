import { FLOOD, type Scenario, tasksOf } from './scenario.ts'

export const LATENCY: readonly string[] = [
  'latency-control',
  'latency-native',
  'latency-fetch',
  'latency-worker',
]

export const latency: Scenario = {
  name: 'latency',
  title: 'events, 100 a second, next to native EventSource and setState',
  tasks: tasksOf('latency', LATENCY, {
    shape: { ...FLOOD, events: 400, rate: 100, together: 2 },
  }),
}
