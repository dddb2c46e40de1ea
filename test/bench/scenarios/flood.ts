import { type Scenario, tasksOf } from './scenario.ts'
import { OURS_AND_FLOORS, PEERS } from './variants.ts'

export const flood: Scenario = {
  name: 'flood',
  title: 'events of 100 bytes, as fast as the client reads',
  tasks: [
    ...[1, 10, 100].flatMap((components) =>
      tasksOf('flood', [...OURS_AND_FLOORS, ...PEERS], { components }),
    ),
    ...tasksOf('flood', OURS_AND_FLOORS, { components: 1_000 }),
  ],
}
