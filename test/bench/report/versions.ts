import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/** The versions and the machine of a run. */
export interface Circumstances {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly node: string
  readonly browser: string
  /** The versions of the library, of React and of the other libraries. */
  readonly packages: Readonly<Record<string, string>>
}

export function circumstances(browser: string): Circumstances {
  const own = manifest(root)
  const names = ['react', 'react-dom', 'eventsource-parser', 'esbuild']
  const peers = Object.keys(manifest(join(root, 'test/bench')).devDependencies ?? {})
  const installed = [...names, ...peers].map((name) => {
    return [name, manifest(join(root, 'node_modules', name)).version] as const
  })
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    node: process.version,
    browser,
    packages: { 'use-event-source': own.version, ...Object.fromEntries(installed) },
  }
}

interface Manifest {
  readonly version: string
  readonly devDependencies?: Readonly<Record<string, string>>
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}
