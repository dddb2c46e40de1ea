import { onTestFinished } from 'vitest'

/** A number for the frame that the page is in, or that it has shown last. */
export interface Frames {
  readonly current: number
}

/**
 * Counts frames until the end of the test. Call it before what is to be measured renders: callbacks of
 * one frame run in the order in which they were requested, and this one shall be the first.
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

/** Resolves after a whole frame more: what was waiting for a frame has had one. */
export async function aFrameLater(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
}
