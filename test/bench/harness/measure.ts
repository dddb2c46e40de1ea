import { setTimeout } from 'node:timers/promises'
import type { Outcome, RunConfig, StreamShape } from '../contract.ts'
import type { Browser } from './launchBrowser.ts'
import { openPage } from './openPage.ts'
import type { BenchServer } from './startServer.ts'

/** One thing to measure, once in each round. */
export interface Task {
  readonly scenario: string
  /** The page, by its name. */
  readonly variant: string
  readonly components: number
  readonly shape: StreamShape
  /** Whether frames are counted. */
  readonly frames: boolean
  /** How often the page does the same before it is measured. */
  readonly warmUps: number
}

/** What one run of a task gave. */
export interface Sample extends Outcome {
  /** Of the main thread, in ms, from the mount to two frames after the end. */
  readonly cpu: number
  /** The size of the stream, where it was a flood. */
  readonly bytes: number
  /** The growth of the heap, in bytes, once garbage is gone. */
  readonly heap: number
  readonly requests: number
  /** How many workers there are at the end. */
  readonly workers: number
  /** Whether the page could fetch something else while its streams were open. */
  readonly canFetch: boolean
}

/** The longest that a run may take, in ms; Chromium is then busy with nothing else to be had of it. */
const LIMIT = 180_000
const FETCH_PATIENCE = 1_500

let runs = 0
/** The size of the heap of each page before it has done anything, by its url. */
const initialHeaps = new Map<string, number>()

/**
 * Runs a task once.
 *
 * @throws where the page does, or does not come to an end in three minutes
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

/** In a page of its own: a collection, as it is forced here, throws compiled code away as well. */
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
  // Whichever comes second is of no interest: the page that is closed, or the limit that is lifted.
  for (const promise of [result, limit]) promise.catch(() => {})
  try {
    return await Promise.race([result, limit])
  } finally {
    ended.abort()
  }
}
