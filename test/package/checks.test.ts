import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build as buildByEsbuild } from 'esbuild'
import { build as buildByVite } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import webpack from 'webpack'
import { type Format, installPackage } from './installPackage.ts'

type Mode = 'production' | 'development'

/** Parts of the sentences of all checks. */
const sentences = [
  'call it, as in',
  'did you mean',
  'give a function',
  'give a map',
  'give a number from',
  'give a Standard Schema',
  'give a string or a URL',
  'give the name of an event',
  'is now createClient',
]

/** Uses everything that checks its arguments, makes a mistake, and notes the message. */
const page = `
  import { SSEProvider, useEventSource } from 'use-event-source'
  import { createClient, createConnection, decode, events, json } from 'use-event-source/core'

  globalThis.used = [SSEProvider, useEventSource, createClient, decode, events]
  try {
    createConnection('/stream').observe({ quote: json })
  } catch ({ message }) {
    globalThis.message = message
  }
`

/** In place of React, whose own messages are of no interest. */
const noReact = `
  export const createContext = () => {}
  export { createContext as createElement, createContext as useContext }
  export { createContext as useInsertionEffect, createContext as useMemo, createContext as useRef }
  export { createContext as useState, createContext as useSyncExternalStore }
`

const app = installPackage({ react: false })
const folder = app.run('module', 'result = import.meta.dirname') as string
beforeAll(() => {
  const react = join(folder, 'node_modules/react')
  mkdirSync(react)
  writeFileSync(
    join(react, 'package.json'),
    '{ "type": "module", "exports": { ".": "./index.js", "./*": "./*.js" } }',
  )
  for (const file of ['index.js', 'jsx-runtime.js']) writeFileSync(join(react, file), noReact)
  writeFileSync(join(folder, 'page.js'), page)
})
afterAll(app.remove)
afterEach(() => vi.unstubAllEnvs())

describe.each([
  ['esbuild', byEsbuild],
  ['Vite', byVite],
  ['webpack', byWebpack],
])('built by %s', { timeout: 60_000 }, (_, build) => {
  it('a page has none of the checks in production', async () => {
    const code = await build('production')
    expect(sentences.filter((sentence) => code.includes(sentence))).toEqual([])
    expect(messageOf(code)).toBeUndefined()
  })

  it('a page has all of the checks in development, and they need no `process`', async () => {
    const code = await build('development')
    expect(sentences.filter((sentence) => !code.includes(sentence))).toEqual([])
    expect(messageOf(code)).toBe('The channel `quote` is a function: call it, as in json()')
  })
})

describe.each<Format>(['module', 'commonjs'])('without a bundler, as %s', (format) => {
  const load = (name: string): string =>
    format === 'module' ? `await import('${name}')` : `require('${name}')`
  const mistake = (before: string): unknown =>
    app.run(
      format,
      `const { decode } = ${load('use-event-source/core')}
       ${before}
       try { decode(5) } catch ({ message }) { result = message }
       result ??= 'nothing'
       globalThis.process = process`,
    )

  it('checks in development alone', () => {
    expect(mistake("process.env.NODE_ENV = 'production'")).toBe('nothing')
    expect(mistake('delete process.env.NODE_ENV')).toMatch(/^decode\(\) got 5: give a function/)
  })
})

/** Bundles the page, with React left out. */
async function byEsbuild(mode: Mode): Promise<string> {
  const { outputFiles } = await buildByEsbuild({
    entryPoints: [join(folder, 'page.js')],
    bundle: true,
    logLevel: 'silent',
    minify: mode === 'production',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

async function byVite(mode: Mode): Promise<string> {
  vi.stubEnv('NODE_ENV', mode)
  await buildByVite({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    mode,
    build: {
      outDir: `vite-${mode}`,
      rolldownOptions: { input: 'page.js', output: { entryFileNames: 'page.js' } },
    },
  })
  return readFileSync(join(folder, `vite-${mode}/page.js`), 'utf8')
}

async function byWebpack(mode: Mode): Promise<string> {
  const output = { path: join(folder, `webpack-${mode}`), filename: 'page.js' }
  await new Promise<void>((resolve, reject) => {
    webpack(
      { context: folder, entry: './page.js', mode, devtool: false, output },
      (error, stats) => {
        if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString()))
        else resolve()
      },
    )
  })
  return readFileSync(join(output.path, 'page.js'), 'utf8')
}

/** Runs the page where there is no `process`, and returns the message of its mistake. */
function messageOf(code: string): unknown {
  const context: { message?: unknown } = {}
  runInNewContext(code, context)
  return context.message
}
