import { type Scenario, tasksOf } from './scenario.ts'
import { OURS_AND_FLOORS } from './variants.ts'

/** The flood without the costs that a page pays once, for compiling and optimizing its code. */
export const warm: Scenario = {
  name: 'warm',
  title: 'events of 100 bytes, as fast as the client reads, the third time in one page',
  tasks: [1, 100].flatMap((components) =>
    tasksOf('warm', OURS_AND_FLOORS, { components, warmUps: 2 }),
  ),
}
