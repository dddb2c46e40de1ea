import { PACED, type Scenario, tasksOf } from './scenario.ts'

const ROWS = 1_000

export const rows: Scenario = {
  name: 'rows',
  title: 'events, 5,000 a second, and rows that each select their own symbol',
  tasks: tasksOf('rows', ['rows-floor', 'rows-ours'], {
    components: ROWS,
    shape: { ...PACED, symbols: ROWS },
    frames: true,
  }),
}
