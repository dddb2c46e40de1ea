/** Says in which frame what is committed now will be painted, and when each frame was painted. */
export interface Paints {
  /** The frame, by its number, that shows what React commits now. */
  readonly next: number
  /** When a frame was painted, in ms of `performance.now()`. */
  at(frame: number): number
}

/**
 * Watches the frames of the page. Call it before anything asks for one: callbacks of a frame run in the
 * order in which they were asked for, and this one shall be the first.
 */
export function watchPaints(): Paints {
  const painted: number[] = []
  let current = 0
  let isInFrame = false
  const request = requestAnimationFrame
  // What a frame's callback leaves to a microtask is done before its paint as well, as by React.
  globalThis.requestAnimationFrame = (callback) =>
    request((time) => {
      isInFrame = true
      callback(time)
      queueMicrotask(() => queueMicrotask(() => (isInFrame = false)))
    })
  const { port1, port2 } = new MessageChannel()
  // The first task after a frame's callbacks comes when it is painted.
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
