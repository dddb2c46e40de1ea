import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import tsupConfig from '../../tsup.config.ts'
import { installPackage, type Format } from './installPackage.ts'

const root = join(import.meta.dirname, '../..')
const entryPoints = readdirSync(join(root, 'src'))
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.replace(/\.tsx?$/, ''))
const reactEntryPoints = ['index']
/** Globals that a class needs as its base at import. Node and browsers have them. */
const baseClasses: Record<string, string[]> = { testing: ['EventTarget'] }
const browserGlobals =
  'window self document location navigator EventSource localStorage addEventListener reportError'
const formats: Format[] = ['module', 'commonjs']

const withReact = installPackage({ react: true })
const withoutReact = installPackage({ react: false })
afterAll(() => {
  withReact.remove()
  withoutReact.remove()
})

it('has an entry point in package.json and in the build for each file in src', () => {
  // Exports with an extension are files, not modules that an app imports.
  const exported = Object.keys(manifest.exports).filter((path) => !/\.js(on)?$/.test(path))
  expect(exported.toSorted()).toEqual(entryPoints.map(subPath).toSorted())
  if (!('entry' in tsupConfig)) throw new Error('tsup.config.ts must export one config, an object.')
  const built = (tsupConfig.entry as string[]).map((path) => path.replace(/^src\/|\.tsx?$/g, ''))
  expect(built.toSorted()).toEqual(entryPoints.toSorted())
})

describe.each(entryPoints)('the entry point %s', (entryPoint) => {
  it('exists in both formats, with types and sources', () => {
    const targets = Object.entries(manifest.exports).find(
      ([path]) => path === subPath(entryPoint),
    )?.[1]
    const paths = leaves(targets)
    expect(paths).toHaveLength(5)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it(`has 'use client' ${reactEntryPoints.includes(entryPoint) ? 'at its start' : 'nowhere'}`, () => {
    for (const extension of ['js', 'cjs']) {
      const code = readFileSync(join(root, 'dist', `${entryPoint}.${extension}`), 'utf8')
      expect(code.startsWith('"use client";')).toBe(reactEntryPoints.includes(entryPoint))
      expect(code.split('use client')).toHaveLength(reactEntryPoints.includes(entryPoint) ? 2 : 1)
    }
  })

  it.each(formats)('accesses no global when imported as %s', (format) => {
    const touched = withReact.run(format, touchedGlobals(format, publicName(entryPoint)))
    expect(touched).toEqual(baseClasses[entryPoint] ?? [])
  })
})

describe.each(formats)('without React, as %s', (format) => {
  it.each([
    ['core', 'json'],
    ['fetch', 'fetchTransport'],
    ['worker', 'workerTransport'],
  ])('the entry point %s runs', (entryPoint, name) => {
    const load = `result = typeof (${importing(format, publicName(entryPoint))}).${name}`
    expect(withoutReact.run(format, load)).toBe('function')
  })

  it('the React entry point throws an error that names react', () => {
    const load = importing(format, publicName('index'))
    expect(() => withoutReact.run(format, load)).toThrow("'react'")
  })
})

it.each(formats)('has one core for all entry points as %s', (format) => {
  const entryPointsWithJson = ['index', 'core'].map((entryPoint) =>
    importing(format, publicName(entryPoint)),
  )
  expect(withReact.run(format, `result = (${entryPointsWithJson.join(').json === (')}).json`)).toBe(
    true,
  )
})

/** Returns a program whose result lists the platform's globals that importing `entryPoint` accesses. */
function touchedGlobals(format: Format, entryPoint: string): string {
  return `
    // React itself accesses globals at import, so it is imported first.
    ${importing(format, 'react')}
    ${importing(format, 'react/jsx-runtime')}
    const { runInNewContext } = process.getBuiltinModule('node:vm')
    const ofTheLanguage = runInNewContext('Object.getOwnPropertyNames(globalThis)')
    const ofTheBrowser = '${browserGlobals}'.split(' ')
    const names = new Set([...Object.getOwnPropertyNames(globalThis), ...ofTheBrowser])
    for (const name of ofTheLanguage) if (name !== 'console') names.delete(name)

    const touched = new Set()
    // Read before any is watched, because Node computes some of them from others.
    const values = [...names].map((name) => [name, globalThis[name]])
    for (const [name, value] of values) {
      Object.defineProperty(globalThis, name, {
        get() { touched.add(name); return value },
        set() { touched.add(name) },
      })
    }
    const keys = new Set(Reflect.ownKeys(globalThis))
    ${importing(format, entryPoint)}
    for (const key of Reflect.ownKeys(globalThis)) if (!keys.has(key)) touched.add(String(key))
    result = [...touched]
  `
}

function importing(format: Format, name: string): string {
  return format === 'module' ? `await import('${name}')` : `require('${name}')`
}

function publicName(entryPoint: string): string {
  return subPath(entryPoint).replace('.', manifest.name)
}

function subPath(entryPoint: string): string {
  return entryPoint === 'index' ? '.' : `./${entryPoint}`
}

function leaves(targets: unknown): string[] {
  if (typeof targets === 'string') return [targets]
  return Object.values(targets ?? {}).flatMap(leaves)
}
