import type { Sample } from '../harness/measure.ts'
import type { Result } from '../harness/runRounds.ts'

/**
 * Returns the value below which this share of the values lies, interpolated between two of them.
 */
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

/** Returns the median of the picked values of a result; `NaN` without samples. */
export function medianOf(result: Result | undefined, pick: Pick = ({ cpu }) => cpu): number {
  return median(result?.samples.map(pick) ?? [])
}

/** Returns the values measured for each event, from all runs together. */
export function listOf({ samples }: Result, name: string): number[] {
  return samples.flatMap(({ lists }) => lists?.[name] ?? [])
}

/** Returns the MB of a stream per second of main-thread CPU time. */
export function throughput({ bytes, cpu }: Sample): number {
  return bytes / 1e6 / (cpu / 1e3)
}

/** Returns the share of values that match, from 0 to 1. */
export function shareOf(values: readonly number[], isOne: (value: number) => boolean): number {
  return values.filter(isOne).length / values.length
}
