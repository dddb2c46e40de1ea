import type { Result } from '../harness/runRounds.ts'
import { listOf, medianOf, type Pick, shareOf, throughput } from './statistics.ts'

/** What goals ask of the results; `NaN` where it was not measured. */
export interface Measured {
  /** The values of all runs of the variants in a scenario, whatever their number of components. */
  all(scenarios: readonly string[], variants: readonly string[], pick: PickOfTask): number[]
  /** The cost of one variant, divided by that of another. */
  ratio(scenario: string, one: string, other: string, components: number): number
  /** How much more a flood costs with 1,000 components than with one. */
  growth(variant: string): number
  /** How much faster a transport reads events of 100 bytes than another. */
  speedup(one: string, other: string, eol: 'lf' | 'crlf'): number
  /** The share of events that are painted in a later frame than by `setState`. */
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
