import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const dist = join(import.meta.dirname, '../../dist')

it('publishes declarations that compile without the sources', { timeout: 120_000 }, () => {
  const paths = readdirSync(dist)
    .filter((file) => /\.d\.c?ts$/.test(file))
    .map((file) => join(dist, file))
  const program = ts.createProgram(paths, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    strict: true,
    noEmit: true,
  })
  const errors = paths.flatMap((path) => {
    const file = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
  })
  expect(paths.length).toBeGreaterThan(0)
  expect(errors.map(({ file, messageText }) => [file?.fileName, messageText])).toEqual([])
})
