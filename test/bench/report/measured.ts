import type { Result } from '../harness/runRounds.ts'
import { listOf, medianOf, type Pick, shareOf, throughput } from './statistics.ts'

/** The values that goals read from the results; `NaN` when they were not measured. */
export interface Measured {
  /** Returns the values of all runs of these variants in these scenarios. */
  all(scenarios: readonly string[], variants: readonly string[], pick: PickOfTask): number[]
  /** Returns the cost of one variant divided by that of another. */
  ratio(scenario: string, one: string, other: string, components: number): number
  /** Returns the cost of a flood with 1,000 components divided by the cost with one. */
  growth(variant: string): number
  /** Returns the speed of one transport divided by that of another, for events of 100 bytes. */
  speedup(one: string, other: string, eol: 'lf' | 'crlf'): number
  /** Returns the share of events that are painted in a later frame than by `setState`. */
  later(variant: string): number
}

export type PickOfTask = (sample: Result['samples'][number], task: Result['task']) => number

export function measuredOf(results: readonly Result[]): Measured {
  const find = (scenario: string, variant: string, components = 1) =>
    results.find(({ task }) => {
      return (
        task.scenario === scenario && task.variant === variant && task.components === components
      )
    })
  const ratioOf = (one: Result | undefined, other: Result | undefined, pick?: Pick) =>
    medianOf(one, pick) / medianOf(other, pick)
  const transport = (variant: string, eol: string) =>
    results.find(({ task: { scenario, shape, ...task } }) => {
      const isAsked = shape.size === 100 && shape.eol === eol && task.variant === variant
      return scenario === 'transports' && isAsked
    })

  return {
    all: (scenarios, variants, pick) =>
      results
        .filter(({ task }) => scenarios.includes(task.scenario) && variants.includes(task.variant))
        .flatMap(({ samples, task }) => samples.map((sample) => pick(sample, task))),
    ratio: (scenario, one, other, components) =>
      ratioOf(find(scenario, one, components), find(scenario, other, components)),
    growth: (variant) => ratioOf(find('flood', variant, 1_000), find('flood', variant)),
    speedup: (one, other, eol) => ratioOf(transport(one, eol), transport(other, eol), throughput),
    later(variant) {
      const result = find('latency', variant)
      return result ? shareOf(listOf(result, 'framesLater'), (frames) => frames > 0) : NaN
    },
  }
}
