// Read before a test installs fake timers.
const realSetImmediate = setImmediate

/** Waits until everything has happened that waits for promises only, such as reading a body. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    realSetImmediate(resolve)
  })
}
