import { onTestFinished } from 'vitest'

/** Gives the number of the current frame, or of the last one between frames. */
export interface Frames {
  readonly current: number
}

/**
 * Counts frames until the end of the test. Call it before the render to measure: callbacks of one
 * frame run in the order of their requests, and the counter's must run first.
 */
export function countFrames(): Frames {
  let current = 0
  const count = (): void => {
    current++
    request = requestAnimationFrame(count)
  }
  let request = requestAnimationFrame(count)
  onTestFinished(() => cancelAnimationFrame(request))
  return {
    get current() {
      return current
    },
  }
}

/** Resolves after one more whole frame, so that callbacks waiting for a frame have run. */
export async function aFrameLater(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
}
