import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import tsupConfig from '../../tsup.config.ts'
import { installPackage, type Format } from './installPackage.ts'

const root = join(import.meta.dirname, '../..')
const doors = readdirSync(join(root, 'src'))
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.replace(/\.tsx?$/, ''))
const reactDoors = ['index']
/** A class can't be made without its base: it is there in Node and in browsers alike. */
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

it('has a door in package.json and an entry of the build for each file in src', () => {
  // Those with an extension are files that are no modules of an app.
  const exported = Object.keys(manifest.exports).filter((path) => !/\.js(on)?$/.test(path))
  expect(exported.toSorted()).toEqual(doors.map(subPath).toSorted())
  if (!('entry' in tsupConfig)) throw new Error('tsup.config.ts holds one config, an object.')
  const built = (tsupConfig.entry as string[]).map((path) => path.replace(/^src\/|\.tsx?$/g, ''))
  expect(built.toSorted()).toEqual(doors.toSorted())
})

describe.each(doors)('the door %s', (door) => {
  it('is there in both formats, with types and sources', () => {
    const targets = Object.entries(manifest.exports).find(([path]) => path === subPath(door))?.[1]
    const paths = leaves(targets)
    expect(paths).toHaveLength(5)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it(`says 'use client' ${reactDoors.includes(door) ? 'first' : 'nowhere'}`, () => {
    for (const extension of ['js', 'cjs']) {
      const code = readFileSync(join(root, 'dist', `${door}.${extension}`), 'utf8')
      expect(code.startsWith('"use client";')).toBe(reactDoors.includes(door))
      expect(code.split('use client')).toHaveLength(reactDoors.includes(door) ? 2 : 1)
    }
  })

  it.each(formats)('touches no global when it is imported as %s', (format) => {
    const touched = withReact.run(format, touchedGlobals(format, publicName(door)))
    expect(touched).toEqual(baseClasses[door] ?? [])
  })
})

describe.each(formats)('where there is no React, as %s', (format) => {
  it.each([
    ['core', 'json'],
    ['fetch', 'fetchTransport'],
    ['worker', 'workerTransport'],
  ])('runs the door %s', (door, name) => {
    const load = `result = typeof (${importing(format, publicName(door))}).${name}`
    expect(withoutReact.run(format, load)).toBe('function')
  })

  it('asks for it in the React door', () => {
    const load = importing(format, publicName('index'))
    expect(() => withoutReact.run(format, load)).toThrow("'react'")
  })
})

it.each(formats)('shares one core between the doors as %s', (format) => {
  const doorsOfJson = ['index', 'core'].map((door) => importing(format, publicName(door)))
  expect(withReact.run(format, `result = (${doorsOfJson.join(').json === (')}).json`)).toBe(true)
})

/** A program that answers with the names of the platform's globals that importing a door used. */
function touchedGlobals(format: Format, door: string): string {
  return `
    // React looks at the platform when it is imported: that is not ours to judge.
    ${importing(format, 'react')}
    ${importing(format, 'react/jsx-runtime')}
    const { runInNewContext } = process.getBuiltinModule('node:vm')
    const ofTheLanguage = runInNewContext('Object.getOwnPropertyNames(globalThis)')
    const ofTheBrowser = '${browserGlobals}'.split(' ')
    const names = new Set([...Object.getOwnPropertyNames(globalThis), ...ofTheBrowser])
    for (const name of ofTheLanguage) if (name !== 'console') names.delete(name)

    const touched = new Set()
    // Read before any is watched: Node makes some of them from others.
    const values = [...names].map((name) => [name, globalThis[name]])
    for (const [name, value] of values) {
      Object.defineProperty(globalThis, name, {
        get() { touched.add(name); return value },
        set() { touched.add(name) },
      })
    }
    const keys = new Set(Reflect.ownKeys(globalThis))
    ${importing(format, door)}
    for (const key of Reflect.ownKeys(globalThis)) if (!keys.has(key)) touched.add(String(key))
    result = [...touched]
  `
}

function importing(format: Format, name: string): string {
  return format === 'module' ? `await import('${name}')` : `require('${name}')`
}

function publicName(door: string): string {
  return subPath(door).replace('.', manifest.name)
}

function subPath(door: string): string {
  return door === 'index' ? '.' : `./${door}`
}

function leaves(targets: unknown): string[] {
  if (typeof targets === 'string') return [targets]
  return Object.values(targets ?? {}).flatMap(leaves)
}
