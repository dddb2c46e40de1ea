/** Starts counting the frames of the page. */
export function countFrames(): { readonly current: number } {
  const frames = { current: 0 }
  const count = (): void => {
    frames.current++
    requestAnimationFrame(count)
  }
  requestAnimationFrame(count)
  return frames
}

export function nextFrame(): Promise<number> {
  return new Promise(requestAnimationFrame)
}
