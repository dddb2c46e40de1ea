import { onTestFinished } from 'vitest'

/** Counts the workers that the page has started, and those still running, until the test ends. */
export function countWorkers() {
  const { Worker } = globalThis
  let started = 0
  const live = new Set<Worker>()
  globalThis.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args)
      started++
      live.add(this)
    }

    override terminate(): void {
      live.delete(this)
      super.terminate()
    }
  }
  onTestFinished(() => {
    globalThis.Worker = Worker
  })
  return { started: () => started, live: () => live.size }
}
