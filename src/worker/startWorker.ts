/**
 * Starts a worker that runs `worker-thread.js`, which is published beside this module.
 *
 * Bundlers find the file by the exact form `new Worker(new URL(…, import.meta.url))`, and add it to the
 * build. With a bundler that does not, the worker does not start.
 *
 * @throws where the platform has no workers or forbids them
 */
export function startWorker(): Worker {
  try {
    return new Worker(new URL('./worker-thread.js', import.meta.url), { type: 'module' })
  } catch (thrown) {
    if (!(thrown instanceof DOMException)) throw thrown
    // The file is on another origin, such as a CDN. A worker from this origin may import it.
    const { href } = new URL('./worker-thread.js', import.meta.url)
    const code = `import ${JSON.stringify(href)};URL.revokeObjectURL(import.meta.url)`
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
    return new Worker(url, { type: 'module' })
  }
}
