import { onTestFinished, vi } from 'vitest'
import { openStream } from './openStream.ts'

/** The delay in ms before a browser reconnects, in the streams of these tests. */
export const RETRY = 20

/**
 * Makes the default retry policy short and predictable until the end of the test. The policy waits
 * for a random fraction of 1, 2, 4 s; the fraction is fixed so that the first delay is `RETRY` ms.
 */
export function retrySoon(): void {
  const random = vi.spyOn(Math, 'random').mockReturnValue(RETRY / 1_000)
  onTestFinished(() => random.mockRestore())
}

/**
 * Waits for as long as the browser takes to retry a lost stream `count` times, after `RETRY` ms
 * each. A connection that still retried would make as many requests in this time.
 */
export async function retryTimes(count: number): Promise<void> {
  const metronome = await openStream({ body: [{ retry: RETRY }, 'end'] })
  const source = new EventSource(metronome.url)
  try {
    await metronome.until({ requests: count + 1 })
  } finally {
    source.close()
  }
}
