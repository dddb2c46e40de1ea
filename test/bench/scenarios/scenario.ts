import type { StreamShape } from '../contract.ts'
import type { Task } from '../harness/measure.ts'

/** The filters and overrides of the command line. */
export interface Choice {
  readonly components?: readonly number[] | undefined
  readonly variants?: readonly string[] | undefined
  readonly events?: number | undefined
}

export interface Scenario {
  readonly name: string
  /** The rest of the title, after the number of events. */
  readonly title: string
  readonly tasks: readonly Task[]
}

/** 20,000 events of about 100 bytes, as fast as the client reads. */
export const FLOOD: StreamShape = {
  events: 20_000,
  rate: 0,
  size: 0,
  eol: 'lf',
  symbols: 100,
  together: 1,
}

/** 5,000 events a second for 4 seconds. */
export const PACED: StreamShape = { ...FLOOD, rate: 5_000 }

/** Returns the chosen tasks of a scenario. */
export function choose({ tasks }: Scenario, { components, variants, events }: Choice): Task[] {
  return tasks
    .filter((task) => !components || components.includes(task.components))
    .filter((task) => !variants || variants.includes(task.variant))
    .map((task) => (events ? { ...task, shape: { ...task.shape, events } } : task))
}

/** Returns a task for each of the variants. */
export function tasksOf(
  scenario: string,
  variants: readonly string[],
  { components = 1, shape = FLOOD, frames = false, warmUps = 0 }: Partial<Task>,
): Task[] {
  return variants.map((variant) => ({ scenario, variant, components, shape, frames, warmUps }))
}
