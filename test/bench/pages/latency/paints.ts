/** Reports the frame that paints a commit, and the time when each frame was painted. */
export interface Paints {
  /** The number of the frame that paints a commit made now. */
  readonly next: number
  /** Returns the time when a frame was painted, in ms of `performance.now()`. */
  at(frame: number): number
}

/**
 * Watches the frames of the page. Call it before any other code requests a frame: callbacks run in
 * the order of their requests, and this one must be the first.
 */
export function watchPaints(): Paints {
  const painted: number[] = []
  let current = 0
  let isInFrame = false
  const request = requestAnimationFrame
  // Microtasks of a frame's callback, such as those of React, also run before its paint.
  globalThis.requestAnimationFrame = (callback) =>
    request((time) => {
      isInFrame = true
      callback(time)
      queueMicrotask(() => queueMicrotask(() => (isInFrame = false)))
    })
  const { port1, port2 } = new MessageChannel()
  // The first task after a frame's callbacks runs once the frame is painted.
  port1.onmessage = ({ data }) => (painted[data as number] = performance.now())
  const count = (): void => {
    request(count)
    current++
    port2.postMessage(current)
  }
  request(count)
  return {
    get next() {
      return isInFrame ? current : current + 1
    },
    at: (frame) => painted[frame] ?? NaN,
  }
}
