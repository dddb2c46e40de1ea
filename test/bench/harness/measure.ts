import { setTimeout } from 'node:timers/promises'
import type { Outcome, RunConfig, StreamShape } from '../contract.ts'
import type { Browser } from './launchBrowser.ts'
import { openPage } from './openPage.ts'
import type { BenchServer } from './startServer.ts'

/** A variant to measure once in each round. */
export interface Task {
  readonly scenario: string
  /** The name of the page. */
  readonly variant: string
  readonly components: number
  readonly shape: StreamShape
  /** Whether frames are counted. */
  readonly frames: boolean
  /** How many unmeasured runs the page has before the measured one. */
  readonly warmUps: number
}

/** The result of one run of a task. */
export interface Sample extends Outcome {
  /** CPU time of the main thread, in ms, from the mount to two frames after the end. */
  readonly cpu: number
  /** The size of a flood; 0 for a paced stream. */
  readonly bytes: number
  /** The growth of the heap after garbage collection, in bytes. */
  readonly heap: number
  readonly requests: number
  /** The number of workers at the end. */
  readonly workers: number
  /** Whether the page could fetch something else while its streams were open. */
  readonly canFetch: boolean
}

/** The time limit of a run, in ms. */
const LIMIT = 180_000
const FETCH_PATIENCE = 1_500

let runs = 0
/** The initial size of the heap of each page, by its url. */
const initialHeaps = new Map<string, number>()

/**
 * Runs a task once.
 *
 * @throws when the page throws, or does not finish within three minutes
 */
export async function measure(
  browser: Browser,
  server: BenchServer,
  { variant, components, shape, frames, warmUps }: Task,
): Promise<Sample> {
  const run = String(++runs)
  const url = server.streamUrl(run, shape)
  const bytes = await server.prepare(shape)
  const config: RunConfig = { url, events: shape.events, bytes, components, frames }
  const pageUrl = `${server.origin}/${variant}`
  const initialHeap = initialHeaps.get(pageUrl) ?? (await heapOf(browser, pageUrl))
  initialHeaps.set(pageUrl, initialHeap)
  const page = await openPage(browser, pageUrl)
  const runWith = (given: RunConfig) =>
    within(page.evaluate<Outcome>(`bench(${JSON.stringify(given)})`))
  try {
    for (let n = 1; n <= warmUps; n++) {
      await runWith({ ...config, url: server.streamUrl(`${run}.${n}`, shape) })
      await page.evaluate('leave()')
    }
    const before = await page.cpu()
    const outcome = await runWith(config)
    const cpu = (await page.cpu()) - before
    const canFetch = await page.evaluate<boolean>(`Promise.race([
      fetch('/ping').then(() => true),
      new Promise((resolve) => setTimeout(resolve, ${FETCH_PATIENCE}, false)),
    ])`)
    const { requests } = await server.look(run)
    const workers = await page.workers()
    const heap = (await page.heap()) - initialHeap
    return { ...outcome, bytes, cpu, heap, requests, workers, canFetch }
  } finally {
    await page.close()
  }
}

/** Uses a page of its own, since a forced garbage collection also discards compiled code. */
async function heapOf(browser: Browser, url: string): Promise<number> {
  const page = await openPage(browser, url)
  try {
    return await page.heap()
  } finally {
    await page.close()
  }
}

async function within<T>(result: Promise<T>): Promise<T> {
  const ended = new AbortController()
  const limit = setTimeout(LIMIT, undefined, ended).then(() => {
    throw new Error(`not done in ${LIMIT / 1_000} s`)
  })
  // The loser of the race rejects later: the closed page, or the aborted limit.
  for (const promise of [result, limit]) promise.catch(() => {})
  try {
    return await Promise.race([result, limit])
  } finally {
    ended.abort()
  }
}
