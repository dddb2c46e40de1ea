import { FLOOD, type Scenario, tasksOf } from './scenario.ts'

export const heap: Scenario = {
  name: 'heap',
  title: 'events, of which the last 100 are kept',
  tasks: tasksOf('heap', ['floor-fetch', 'heap-fetch'], { shape: { ...FLOOD, events: 1_000_000 } }),
}
