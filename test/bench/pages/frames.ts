/** Counts the frames of the page from now on. */
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
