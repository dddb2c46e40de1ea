import { build } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['plugins']>[number]

export default defineConfig({
  entry: ['src/index.ts', 'src/core.ts', 'src/fetch.ts', 'src/worker.ts', 'src/testing.ts'],
  tsconfig: 'tsconfig.src.json',
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  // An entry point imports another one by its public name, so that both share one instance of it.
  external: [/^use-event-source/],
  // Splitting, like tree shaking, would move 'use client' away from the top of the file.
  splitting: false,
  sourcemap: true,
  clean: true,
  // tsup sets `baseUrl`, which is deprecated in TypeScript 6.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  plugins: [clientDirectiveFirst(), workerThread()],
  esbuildOptions(options) {
    // In CommonJS the worker entry point has no `import.meta.url`, so it reads in the page instead.
    options.logOverride = { 'empty-import-meta': 'silent' }
  },
})

/**
 * Moves 'use client' above the "use strict" of esbuild: bundlers expect it to be the first line.
 */
function clientDirectiveFirst(): Plugin {
  return {
    name: 'use-client-first',
    // The length does not change, so the source map still matches.
    renderChunk: (code) => ({ code: code.replace(/^("use strict";\n)("use client";\n)/, '$2$1') }),
  }
}

/**
 * Builds the worker's thread as one file without imports. A browser can load it unchanged, even as
 * a classic script, so a bundler needs no support for workers.
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
