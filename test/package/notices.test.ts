import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')
const file = 'THIRD-PARTY-NOTICES.md'
const notices = readFileSync(join(root, file), 'utf8')

it('has the notice of each bundled package, in the installed version', () => {
  const bundled = bundledPackages()
  expect(bundled).toContain('eventsource-parser')
  for (const name of bundled) {
    const folder = join(root, 'node_modules', name)
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      version: string
    }
    expect(notices).toContain(`## ${name} ${version}\n`)
    expect(notices).toContain(readFileSync(join(folder, 'LICENSE'), 'utf8').trim())
  }
})

it('has no notice of a package that is not bundled', () => {
  const named = [...notices.matchAll(/^## (\S+) /gm)].map(([, name]) => name)
  expect(named.toSorted()).toEqual(bundledPackages())
})

it('is part of the published package', () => {
  expect(manifest.files).toContain(file)
})

/** Returns the packages whose files appear in the source maps of the build. */
function bundledPackages(): string[] {
  const maps = readdirSync(join(root, 'dist')).filter((path) => path.endsWith('.map'))
  const names = maps.flatMap((map) => {
    const { sources } = JSON.parse(readFileSync(join(root, 'dist', map), 'utf8')) as {
      sources: string[]
    }
    return sources.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  })
  return [...new Set(names)].toSorted()
}
