import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPages } from './buildPages.ts'
import { launchBrowser } from './launchBrowser.ts'
import { measure, type Sample, type Task } from './measure.ts'
import { startServer } from './startServer.ts'

export interface Result {
  readonly task: Task
  readonly samples: Sample[]
}

export interface Rounds {
  readonly browser: string
  readonly results: readonly Result[]
}

/** A task that takes longer than this in a round, in ms, is skipped in later rounds. */
const TOO_LONG = 20_000

/**
 * Runs every task once in each round, in random order, so that no task always follows the same one.
 * `dist` is the folder of the built library.
 */
export async function runRounds(
  dist: string,
  tasks: readonly Task[],
  rounds: number,
  onRun: (round: number, task: Task, outcome: Sample | Error) => void = () => {},
): Promise<Rounds> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const pages = await buildPages(dist, folder)
  const server = await startServer(folder)
  const browser = await launchBrowser()
  try {
    const results = tasks
      .filter(({ variant }) => pages.includes(variant))
      .map((task): Result & { isOver: boolean } => {
        return { task, samples: [], isOver: false }
      })
    for (let round = 1; round <= rounds; round++) {
      for (const result of shuffle(results.filter(({ isOver }) => !isOver))) {
        const start = performance.now()
        // A failed task must not stop the others.
        const outcome = await measure(browser, server, result.task).catch(asError)
        if (!(outcome instanceof Error)) result.samples.push(outcome)
        result.isOver = outcome instanceof Error || performance.now() - start > TOO_LONG
        onRun(round, result.task, outcome)
      }
    }
    return {
      browser: browser.version,
      results: results.map(({ task, samples }) => ({ task, samples })),
    }
  } finally {
    await browser.close()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function shuffle<T>(list: readonly T[]): T[] {
  const keyed = list.map((item) => ({ item, key: Math.random() }))
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item)
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
