import { build } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['plugins']>[number]

export default defineConfig({
  entry: ['src/index.ts', 'src/core.ts', 'src/fetch.ts', 'src/worker.ts', 'src/testing.ts'],
  tsconfig: 'tsconfig.src.json',
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  // A door imports another door by its public name, so that both share one instance of it.
  external: [/^use-event-source/],
  // Splitting, like treeshaking, would move 'use client' away from the first place.
  splitting: false,
  sourcemap: true,
  clean: true,
  // tsup sets `baseUrl`, which TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  plugins: [clientDirectiveFirst(), workerThread()],
  esbuildOptions(options) {
    // In CommonJS the worker door finds no url of its own, and reads in the page.
    options.logOverride = { 'empty-import-meta': 'silent' }
  },
})

/** esbuild opens a strict CommonJS file with "use strict"; what reads 'use client' wants that first. */
function clientDirectiveFirst(): Plugin {
  return {
    name: 'use-client-first',
    // As long as before, so that the source map still fits.
    renderChunk: (code) => ({ code: code.replace(/^("use strict";\n)("use client";\n)/, '$2$1') }),
  }
}

/**
 * Builds the worker's thread: one file without imports, so that a browser can load it as it is, also as
 * a classic script, whatever a bundler knows of workers.
 */
function workerThread(): Plugin {
  return {
    name: 'worker-thread',
    async buildEnd() {
      if (this.format !== 'esm') return
      await build({
        entryPoints: ['src/worker/worker-thread.ts'],
        outdir: this.options.outDir as string,
        conditions: ['@use-event-source/source'],
        bundle: true,
        minify: true,
        sourcemap: true,
        format: 'iife',
        platform: 'browser',
        target: 'es2022',
      })
    },
  }
}
