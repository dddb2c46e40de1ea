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

/**
 * Runs a task once.
 *
 * @throws where the page does, or does not come to an end in three minutes
 */
export async function measure(
  browser: Browser,
  server: BenchServer,
  { variant, components, shape, frames }: Task,
): Promise<Sample> {
  const run = String(++runs)
  const url = server.streamUrl(run, shape)
  const bytes = await server.prepare(shape)
  const config: RunConfig = { url, events: shape.events, bytes, components, frames }
  const page = await openPage(browser, `${server.origin}/${variant}`)
  try {
    const heapBefore = await page.heap()
    const before = await page.cpu()
    const outcome = await within(page.evaluate<Outcome>(`bench(${JSON.stringify(config)})`))
    const cpu = (await page.cpu()) - before
    const canFetch = await page.evaluate<boolean>(`Promise.race([
      fetch('/ping').then(() => true),
      new Promise((resolve) => setTimeout(resolve, ${FETCH_PATIENCE}, false)),
    ])`)
    const { requests } = await server.look(run)
    const workers = await page.workers()
    const heap = (await page.heap()) - heapBefore
    return { ...outcome, bytes, cpu, heap, requests, workers, canFetch }
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
