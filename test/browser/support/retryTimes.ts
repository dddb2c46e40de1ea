import { onTestFinished, vi } from 'vitest'
import { openStream } from './openStream.ts'

/** The delay in ms after which a browser tries again, in the streams of these tests. */
export const RETRY = 20

/**
 * Takes chance out of the default retry policy until the end of the test. It waits a random part of
 * 1, 2, 4 s; now that is `RETRY` ms of the first second, and the same part of those that follow.
 */
export function retrySoon(): void {
  const random = vi.spyOn(Math, 'random').mockReturnValue(RETRY / 1_000)
  onTestFinished(() => random.mockRestore())
}

/**
 * Lasts as long as the browser takes to lose a stream and to try again `count` times, with a delay of
 * `RETRY` each: who had not given up by then would have tried again as often.
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
