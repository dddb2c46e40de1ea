// As it is before a test installs fake timers.
const later = setImmediate

/** Lets everything happen that waits for promises alone, as the reading of a body does. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    later(resolve)
  })
}
