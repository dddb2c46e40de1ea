import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sample } from './harness/measure.ts'
import { type Result, runRounds } from './harness/runRounds.ts'
import { FLOOD, PACED, tasksOf } from './scenarios/scenario.ts'
import { LATENCY } from './scenarios/latency.ts'
import { TRANSPORTS } from './scenarios/transports.ts'
import { FLOORS, OURS, OURS_AND_FLOORS, PEERS } from './scenarios/variants.ts'

const root = join(import.meta.dirname, '../..')
// A separate build, since other tests may build the package at the same time.
const dist = mkdtempSync(join(tmpdir(), 'bench-dist-'))
const flood = { ...FLOOD, events: 2_000 }
const LATENCY_EVENTS = 30
/** The commit of the mount, which does not wait for a frame. */
const FIRST_COMMITS = 1
const paced = { ...PACED, events: 1_000 }

const tasks = [
  ...[1, 10].flatMap((components) => {
    return tasksOf('flood', OURS_AND_FLOORS, { shape: flood, components })
  }),
  ...tasksOf('warm', OURS_AND_FLOORS, { shape: flood, warmUps: 1 }),
  ...tasksOf('paced', [...OURS_AND_FLOORS, ...PEERS], { shape: paced, frames: true }),
  ...tasksOf('rows', ['rows-floor', 'rows-ours'], {
    shape: { ...paced, symbols: 50 },
    components: 50,
  }),
  ...['lf', 'crlf'].flatMap((eol) => {
    const shape = { ...flood, size: 1_024, eol: eol as 'lf' | 'crlf' }
    return tasksOf('transports', TRANSPORTS, { shape })
  }),
  ...tasksOf('latency', LATENCY, {
    shape: { ...FLOOD, events: LATENCY_EVENTS, rate: 100, together: 2 },
  }),
  ...tasksOf('heap', ['heap-fetch'], { shape: flood }),
]

let results: readonly Result[] = []

beforeAll(async () => {
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js')
  const flags = ['--silent', '--no-dts', '--out-dir', dist]
  execFileSync(process.execPath, [tsup, ...flags], { cwd: root, stdio: 'inherit' })
  results = (await runRounds(dist, tasks, 1)).results
}, 180_000)

afterAll(() => rmSync(dist, { recursive: true, force: true }))

describe('the benchmark', () => {
  it('measures every variant', () => {
    expect(results.map(nameOf)).toEqual(tasks.map((task) => nameOf({ task })))
    expect(samplesOf()).toHaveLength(tasks.length)
    for (const { cpu, heap } of samplesOf()) {
      expect(cpu).toBeGreaterThan(0)
      expect(heap).not.toBeNaN()
    }
  })

  it('shows the last event in every component and leaves the page able to fetch', () => {
    const unserved = results.filter(({ task, samples }) => {
      return samples.some(({ served, canFetch }) => served < task.components || !canFetch)
    })
    expect(unserved.map(nameOf)).toEqual([])
  })

  it('requests one stream for any number of components', () => {
    const single = results.filter(({ task }) => task.shape.together === 1)
    const more = single.filter(({ samples }) => samples.some(({ requests }) => requests !== 1))
    expect(more.map(nameOf)).toEqual([])
  })
})

describe('the library', () => {
  it('reads in a worker only with the worker transport', () => {
    const workers = (isWorker: boolean) =>
      results
        .filter(({ task: { variant } }) => !FLOORS.includes(variant))
        .filter(({ task: { variant } }) => variant.includes('worker') === isWorker)
        .flatMap(({ samples }) => samples.map(({ workers }) => workers))
    expect(new Set(workers(true))).toEqual(new Set([1]))
    expect(new Set(workers(false))).toEqual(new Set([0]))
  })

  it('delivers each event exactly once and in order', () => {
    const those = results.filter(({ task: { scenario, variant } }) => {
      return OURS.includes(variant) || FLOORS.includes(variant) || scenario === 'transports'
    })
    const lossy = those.filter(({ task, samples }) => {
      return samples.some(({ seen, misplaced }) => seen !== task.shape.events || misplaced > 0)
    })
    expect(lossy.map(nameOf)).toEqual([])
  })

  it('commits at most once a frame under load', () => {
    for (const { commits, frames } of samplesOf('paced', OURS)) {
      expect(commits).toBeLessThanOrEqual(frames + FIRST_COMMITS)
    }
  })

  it('renders a row only when its trade or status changes', () => {
    for (const { counts } of samplesOf('rows')) expect(counts['renders']).toBe(counts['changed'])
  })

  it('reports the latency and the frame of each event, next to setState', () => {
    for (const { lists } of samplesOf('latency')) {
      expect(lists?.['oursMs']).toHaveLength(LATENCY_EVENTS)
      expect(lists?.['framesLater']).toHaveLength(LATENCY_EVENTS)
      for (const value of Object.values(lists ?? {}).flat()) expect(value).toBeTypeOf('number')
    }
  })
})

function nameOf({ task }: Pick<Result, 'task'>): string {
  const { scenario, variant, components, shape } = task
  return `${scenario} ${variant} ${components} ${shape.eol}`
}

function samplesOf(scenario?: string, variants?: readonly string[]): Sample[] {
  return results
    .filter(({ task }) => scenario === undefined || task.scenario === scenario)
    .filter(({ task }) => !variants || variants.includes(task.variant))
    .flatMap(({ samples }) => samples)
}
