import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const bench = join(import.meta.dirname, '..')
const ENTRY_POINTS = ['core', 'fetch', 'worker']

/** The folders of `pages`. Each file with a hyphen in its name is a page, or the worker of one. */
const FOLDERS = ['variants', 'peers', 'rows', 'transports', 'latency', 'heap', 'threads']

/**
 * Builds the server, and a page for each variant from the built library in `dist`. With a bundle of
 * its own, no page pays for the code of another. Resolves to the names of the pages.
 */
export async function buildPages(dist: string, outdir: string): Promise<string[]> {
  const pages = pagesOf(dist)
  await build({
    entryPoints: [join(bench, 'server/server.ts')],
    outfile: join(outdir, 'server.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
  })
  await build({
    entryPoints: pages,
    outdir,
    entryNames: '[name]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    // `dist` may be anywhere, so React is resolved from here.
    nodePaths: [join(bench, '../../node_modules')],
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: {
      'use-event-source': join(dist, 'index.js'),
      ...Object.fromEntries(
        ENTRY_POINTS.map((name) => [`use-event-source/${name}`, join(dist, `${name}.js`)]),
      ),
    },
    // Ignores the `paths` of tsconfig, which lead to the source: the build is measured.
    tsconfigRaw: '{}',
  })
  const thread = join(dist, 'worker-thread.js')
  if (existsSync(thread)) copyFileSync(thread, join(outdir, basename(thread)))
  return pages.map((page) => basename(page).replace(/\.tsx?$/, ''))
}

/** Returns the pages that can be built: without a worker entry point, not those that import it. */
function pagesOf(dist: string): string[] {
  const hasWorker = existsSync(join(dist, 'worker.js'))
  return FOLDERS.flatMap((folder) => {
    const path = join(bench, 'pages', folder)
    if (!existsSync(path)) return []
    const pages = readdirSync(path).filter((file) => /^[a-z]+(-[a-z]+)+\.tsx?$/.test(file))
    return pages
      .filter((file) => hasWorker || !file.includes('worker'))
      .map((file) => join(path, file))
  })
}
