import { serve, type ThreadScope } from './serve.ts'

// Built as a separate file beside the `worker` entry point, under this name, so that
// `./worker-thread.js` in startWorker.ts leads to it in the sources and in the build.
serve(self as unknown as ThreadScope)
