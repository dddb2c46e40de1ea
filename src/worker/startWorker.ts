/**
 * Starts the thread that is published beside this door.
 *
 * The urls are written as bundlers know them: they put the file into the build. Where they don't, it
 * is not found.
 *
 * @throws where there are no workers, or none may be made
 */
export function startWorker(): Worker {
  try {
    return new Worker(new URL('./worker-thread.js', import.meta.url), { type: 'module' })
  } catch (thrown) {
    if (!(thrown instanceof DOMException)) throw thrown
    // The file is on another origin, as that of a CDN: a worker of this one may import it.
    const { href } = new URL('./worker-thread.js', import.meta.url)
    const code = `import ${JSON.stringify(href)};URL.revokeObjectURL(import.meta.url)`
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
    return new Worker(url, { type: 'module' })
  }
}
