import type { Result } from '../harness/runRounds.ts'
import { OURS } from '../scenarios/variants.ts'
import { type Measured, measuredOf } from './measured.ts'
import { number, type Table } from './table.ts'
import { median } from './statistics.ts'

/** A bound on a number that does not depend on the speed of the machine. */
export interface Goal {
  readonly name: string
  /** The measured value; `NaN` when it was not measured. */
  readonly value: number
  readonly atMost?: number
  readonly atLeast?: number
}

/** Returns the goals with their measured values. */
export function goalsOf(results: readonly Result[]): Goal[] {
  const measured = measuredOf(results)
  return [
    ...costGoals(measured),
    ...countGoals(measured),
    ...transportGoals(measured),
    ...latencyGoals(measured),
    {
      name: 'heap: MB kept',
      value: median(measured.all(['heap'], ['heap-fetch'], ({ heap }) => heap / 2 ** 20)),
      atMost: 1,
    },
  ]
}

export function isReached({ value, atMost = Infinity, atLeast = -Infinity }: Goal): boolean {
  return value <= atMost && value >= atLeast
}

export function goalTable(goals: readonly Goal[]): Table {
  return {
    title: 'Goals',
    head: ['goal', 'bound', 'measured', 'verdict'],
    rows: goals.map((goal) => {
      const bound = goal.atMost === undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
      const measured = number(goal.value, Number.isInteger(goal.value) ? 0 : 2)
      const verdict = isReached(goal) ? 'reached' : 'not reached'
      return [goal.name, bound, measured, Number.isNaN(goal.value) ? 'not measured' : verdict]
    }),
  }
}

function costGoals({ ratio, growth }: Measured): Goal[] {
  const goal = (atMost: number, scenario: string, components: number, one: string, other: string) =>
    ({
      name: `${scenario}, ${number(components)}: ${one} ÷ ${other}`,
      value: ratio(scenario, one, other, components),
      atMost,
    }) satisfies Goal
  return [
    goal(1.1, 'flood', 1, 'ours-fetch', 'floor-fetch'),
    goal(1.1, 'flood', 100, 'ours-fetch', 'floor-fetch'),
    goal(1.1, 'flood', 100, 'ours-native', 'floor-native'),
    goal(1.1, 'warm', 1, 'ours-fetch', 'floor-fetch'),
    goal(1.1, 'warm', 100, 'ours-fetch', 'floor-fetch'),
    {
      name: 'flood, from 1 to 1,000: growth of ours-fetch ÷ growth of floor-fetch',
      value: growth('ours-fetch') / growth('floor-fetch'),
      atMost: 1.15,
    },
    {
      name: 'flood, 100: react-use-websocket ÷ ours-fetch',
      value: ratio('flood', 'react-use-websocket', 'ours-fetch', 100),
      atLeast: 40,
    },
    goal(1.05, 'paced', 1, 'ours-fetch', 'floor-fetch'),
    goal(1.05, 'paced', 100, 'ours-fetch', 'floor-fetch'),
    goal(1.2, 'rows', 1_000, 'rows-ours', 'rows-floor'),
    goal(0.75, 'flood', 1, 'ours-worker', 'floor-fetch'),
    goal(0.75, 'paced', 1, 'ours-worker', 'floor-fetch'),
  ]
}

/** Counts that must be 0 in every run. */
function countGoals({ all }: Measured): Goal[] {
  const both = ['flood', 'paced']
  return [
    {
      name: 'flood and paced: events that the library does not deliver exactly once and in order',
      value: most(
        all(both, OURS, ({ seen, misplaced }, { shape }) => {
          return misplaced + Math.abs(shape.events - seen)
        }),
      ),
      atMost: 0,
    },
    {
      name: 'flood and paced: components of the library without the last event',
      value: most(all(both, OURS, ({ served }, { components }) => components - served)),
      atMost: 0,
    },
    {
      name: 'paced: commits of the library beyond the number of frames',
      value: most(all(['paced'], OURS, ({ commits, frames }) => Math.max(0, commits - frames))),
      atMost: 0,
    },
    {
      name: 'rows: unnecessary renders',
      value: most(
        all(['rows'], ['rows-ours'], ({ counts }) => {
          return (counts['renders'] ?? NaN) - (counts['changed'] ?? NaN)
        }),
      ),
      atMost: 0,
    },
  ]
}

function transportGoals({ speedup }: Measured): Goal[] {
  const goal = (atLeast: number, other: string, eol: 'lf' | 'crlf') => ({
    name: `transports, 100 B ${eol.toUpperCase()}: speed of transport-fetch ÷ ${other}`,
    value: speedup('transport-fetch', other, eol),
    atLeast,
  })
  return [
    goal(0.95, 'bare-parser', 'lf'),
    goal(0.95, 'bare-parser', 'crlf'),
    goal(10, 'bare-native', 'lf'),
  ]
}

function latencyGoals({ later }: Measured): Goal[] {
  return ['native', 'fetch'].map((transport) => ({
    name: `latency, ${transport}: % of events in a later frame than setState, beyond the control`,
    value: 100 * (later(`latency-${transport}`) - later('latency-control')),
    atMost: 1,
  }))
}

function most(values: readonly number[]): number {
  return values.length > 0 ? Math.max(...values) : NaN
}
