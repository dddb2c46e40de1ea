import { defineConfig, type Options } from 'tsup'

type Plugin = NonNullable<Options['plugins']>[number]

export default defineConfig({
  entry: ['src/index.ts', 'src/core.ts', 'src/fetch.ts', 'src/testing.ts'],
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
  plugins: [clientDirectiveFirst()],
})

/** esbuild opens a strict CommonJS file with "use strict"; what reads 'use client' wants that first. */
function clientDirectiveFirst(): Plugin {
  return {
    name: 'use-client-first',
    // As long as before, so that the source map still fits.
    renderChunk: (code) => ({ code: code.replace(/^("use strict";\n)("use client";\n)/, '$2$1') }),
  }
}
