import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

interface LockedPackage {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  optionalDependencies?: Record<string, string>
}

const lock = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')
const { packages } = JSON.parse(lock) as { packages: Record<string, LockedPackage> }
const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/'))

it('lists the binaries of every platform, so that npm ci works on each', () => {
  const missing = installed.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, range]) => !satisfies(resolve(path, name)?.version, range))
      .map(([name, range]) => `${path} needs ${name}@${range}`),
  )
  expect(missing).toEqual([])
})

it('names no registry, so that each machine uses its own', () => {
  const addresses = installed.flatMap(([path, { resolved, link }]) =>
    resolved && !link ? [`${path} is from ${resolved}`] : [],
  )
  expect(addresses).toEqual([])
})

it('has a checksum for every package', () => {
  const unchecked = installed.filter(([, { integrity, link }]) => !integrity && !link)
  expect(unchecked.map(([path]) => path)).toEqual([])
})

/** Resolves as Node does: in the package's own `node_modules`, then in those of the folders above. */
function resolve(from: string, name: string): LockedPackage | undefined {
  const own = packages[`${from ? `${from}/` : ''}node_modules/${name}`]
  if (own || !from) return own
  const above = from.lastIndexOf('/node_modules/')
  return resolve(above < 0 ? '' : from.slice(0, above), name)
}

/** An exact version, as for binaries, must match. Any version satisfies a range. */
function satisfies(version: string | undefined, range: string): boolean {
  return version !== undefined && (!/^\d/.test(range) || version === range)
}
