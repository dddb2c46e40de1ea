import type { Result } from '../harness/runRounds.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { listOf, median, medianOf, type Pick, quantile, shareOf, throughput } from './statistics.ts'
import { number, type Table } from './table.ts'

/** Returns the tables of a scenario for the tasks that have run. */
export function tablesOf({ name, title }: Scenario, all: readonly Result[]): Table[] {
  const results = all.filter(({ task, samples }) => task.scenario === name && samples.length > 0)
  const [first] = results
  if (!first) return []
  const count = number(first.task.shape.events)
  if (name === 'transports') return [transportTable(title, results)]
  if (name === 'latency') return [latencyTable(`${count} ${title}`, results)]
  const componentCounts = [...new Set(results.map(({ task }) => task.components))]
  return componentCounts.map((components) => {
    const some = results.filter(({ task }) => task.components === components)
    return costTable(`${name}: ${count} ${title}; components: ${number(components)}`, some)
  })
}

/** Returns the cost and the counts of each variant. */
function costTable(title: string, results: readonly Result[]): Table {
  const floors = results.filter(({ task }) => task.variant.includes('floor'))
  const extras = Object.keys(results[0]?.samples[0]?.counts ?? {})
  const hasFrames = results.some(({ task }) => task.frames)
  return {
    title,
    head: [
      'variant',
      'n',
      'CPU ms',
      'quartiles',
      ...floors.map(({ task }) => `÷ ${task.variant}`),
      'commits',
      ...(hasFrames ? ['frames'] : []),
      ...extras,
      'seen',
      'misplaced',
      'served',
      'requests',
      'can fetch',
      'heap MB',
    ],
    rows: results.map((result) => {
      const { task, samples } = result
      const of = (pick: Pick) => samples.map(pick)
      const cpu = of((sample) => sample.cpu)
      const middle = (pick: Pick) => number(median(of(pick)))
      return [
        task.variant,
        String(samples.length),
        number(median(cpu), 1),
        `${number(quantile(cpu, 0.25), 1)}–${number(quantile(cpu, 0.75), 1)}`,
        ...floors.map((floor) => number(median(cpu) / medianOf(floor), 2)),
        middle(({ commits }) => commits),
        ...(hasFrames ? [middle(({ frames }) => frames)] : []),
        ...extras.map((name) => middle(({ counts }) => counts[name] ?? NaN)),
        middle(({ seen }) => seen),
        number(Math.max(...of(({ misplaced }) => misplaced))),
        `${Math.min(...of(({ served }) => served))}/${task.components}`,
        number(Math.max(...of(({ requests }) => requests))),
        samples.every(({ canFetch }) => canFetch) ? 'yes' : 'no',
        number(median(of(({ heap }) => heap / 2 ** 20)), 1),
      ]
    }),
  }
}

/** Returns the throughput in MB per second of CPU time, with a column for each kind of stream. */
function transportTable(title: string, results: readonly Result[]): Table {
  const column = ({ task: { shape } }: Result) =>
    `${number(shape.size)} B ${shape.eol.toUpperCase()}`
  const columns = [...new Set(results.map(column))]
  const variants = [...new Set(results.map(({ task }) => task.variant))]
  return {
    title: `transports: ${title}`,
    head: ['variant', ...columns],
    rows: variants.map((variant) => {
      const own = results.filter(({ task }) => task.variant === variant)
      const cells = columns.map((name) => {
        return number(
          medianOf(
            own.find((result) => column(result) === name),
            throughput,
          ),
          1,
        )
      })
      return [variant, ...cells]
    }),
  }
}

/** Returns the latency from the server's write to the paint, in ms and in frames. */
function latencyTable(title: string, results: readonly Result[]): Table {
  const percent = (share: number) => `${number(100 * share, 1)} %`
  return {
    title: `latency: ${title}`,
    head: [
      'variant',
      'n',
      'p50 ms',
      'p90',
      'p99',
      'setState p50',
      'p90',
      'p99',
      'in a later frame',
      'in an earlier frame',
    ],
    rows: results.map((result) => {
      const spread = (name: string) =>
        [0.5, 0.9, 0.99].map((part) => number(quantile(listOf(result, name), part), 1))
      const later = listOf(result, 'framesLater')
      return [
        result.task.variant,
        String(result.samples.length),
        ...spread('oursMs'),
        ...spread('naiveMs'),
        percent(shareOf(later, (frames) => frames > 0)),
        percent(shareOf(later, (frames) => frames < 0)),
      ]
    }),
  }
}
