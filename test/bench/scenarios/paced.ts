import { PACED, type Scenario, tasksOf } from './scenario.ts'
import { OURS_AND_FLOORS, PEERS } from './variants.ts'

const paced1 = { shape: PACED, frames: true, components: 1 }

export const paced: Scenario = {
  name: 'paced',
  title: 'events, 5,000 a second',
  tasks: [
    ...tasksOf('paced', [...OURS_AND_FLOORS, ...PEERS], paced1),
    ...tasksOf('paced', OURS_AND_FLOORS, { ...paced1, components: 100 }),
  ],
}
