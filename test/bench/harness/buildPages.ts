import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const bench = join(import.meta.dirname, '..')
const doors = ['core', 'fetch', 'worker']

/** The folders of `pages` whose every file with a hyphen is a page of its own, or the thread of one. */
const FOLDERS = ['variants', 'peers', 'rows', 'transports', 'latency', 'heap', 'threads']

/**
 * Builds the server and, from the library as built in `dist`, a page for each variant: none pays for
 * the code of another. Resolves to the names of the pages.
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
    // A build may be anywhere: it finds React from here.
    nodePaths: [join(bench, '../../node_modules')],
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: {
      'use-event-source': join(dist, 'index.js'),
      ...Object.fromEntries(
        doors.map((door) => [`use-event-source/${door}`, join(dist, `${door}.js`)]),
      ),
    },
    // Types alone are found by its paths; what is measured is the build.
    tsconfigRaw: '{}',
  })
  const thread = join(dist, 'worker-thread.js')
  if (existsSync(thread)) copyFileSync(thread, join(outdir, basename(thread)))
  return pages.map((page) => basename(page).replace(/\.tsx?$/, ''))
}

/** The pages that can be built: those that name a missing door of the library can't. */
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
