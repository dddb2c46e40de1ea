import { type Scenario, tasksOf } from './scenario.ts'
import { OURS_AND_FLOORS } from './variants.ts'

/** The flood without what a page pays once: that code is compiled, and becomes fast. */
export const warm: Scenario = {
  name: 'warm',
  title: 'events of 100 bytes, as fast as they are read, the third time in one page',
  tasks: [1, 100].flatMap((components) =>
    tasksOf('warm', OURS_AND_FLOORS, { components, warmUps: 2 }),
  ),
}
