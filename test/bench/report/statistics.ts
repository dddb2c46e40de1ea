import type { Sample } from '../harness/measure.ts'
import type { Result } from '../harness/runRounds.ts'

/** The value below which a share of the values lies, between two of them in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (sorted.length - 1) * share
  const low = sorted[Math.floor(at)] ?? NaN
  const high = sorted[Math.ceil(at)] ?? NaN
  return low + (high - low) * (at - Math.floor(at))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export type Pick = (sample: Sample) => number

/** What `pick` takes of the runs of a result, in the middle; `NaN` where there is none. */
export function medianOf(result: Result | undefined, pick: Pick = ({ cpu }) => cpu): number {
  return median(result?.samples.map(pick) ?? [])
}

/** A list of what was measured of each event, of all runs together. */
export function listOf({ samples }: Result, name: string): number[] {
  return samples.flatMap(({ lists }) => lists?.[name] ?? [])
}

/** MB of a stream for each second of the main thread's CPU. */
export function throughput({ bytes, cpu }: Sample): number {
  return bytes / 1e6 / (cpu / 1e3)
}

/** How large a part of the values is one that is asked for, from 0 to 1. */
export function shareOf(values: readonly number[], isOne: (value: number) => boolean): number {
  return values.filter(isOne).length / values.length
}
