import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** In bytes, including the parser. */
const FETCH_LIMIT = 4_100

const hook = "export { json, useEventSource } from 'use-event-source'\n"
const hookAndFetch = `${hook}export { fetchTransport } from 'use-event-source/fetch'\n`

it(`adds at most ${FETCH_LIMIT} bytes to a page for fetch, including the parser`, async () => {
  const without = await bundle(hook)
  const withFetch = await bundle(hookAndFetch)
  expect(withFetch.files).toEqual([...without.files, 'dist/fetch.js'].toSorted())
  expect(withFetch.size).toBeGreaterThan(without.size)
  expect(withFetch.size - without.size).toBeLessThanOrEqual(FETCH_LIMIT)
})

it('adds nothing of fetch to a page that does not import it', async () => {
  const { sources } = await bundle(hookAndFetch)
  // The counterexample: shows that the check finds sources of the fetch entry point.
  expect(fetchSources(sources)).not.toEqual([])
  expect(fetchSources((await bundle(hook)).sources)).toEqual([])
})

/** Bundles `code` with the built package for a page, without React. */
async function bundle(code: string) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    external: ['react', 'react/*'],
    format: 'esm',
    metafile: true,
    minify: true,
    outfile: 'page.js',
    sourcemap: 'external',
    write: false,
  })
  const outputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const [map = '{}', page = ''] = ['.map', '.js'].map(
    (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text,
  )
  return {
    size: brotliCompressSync(page).length,
    /** The files with at least a part in the page. */
    files: outputs
      .flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []))
      .toSorted(),
    /** The sources of the page, by its source map. */
    sources: (JSON.parse(map) as { sources: string[] }).sources,
  }
}

function fetchSources(sources: string[]): string[] {
  return sources.filter((path) => /src\/fetch\b|eventsource-parser/.test(path))
}
