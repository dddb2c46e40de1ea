import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

// Without the condition that leads to `src`: the snippets see the types that are published.
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  jsx: ts.JsxEmit.ReactJSX,
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
}

it('compiles every snippet of the README', { timeout: 120_000 }, () => {
  const snippets = snippetsOf(readFileSync(join(root, 'README.md'), 'utf8'))
  expect(snippets.size, 'snippets in README.md').toBeGreaterThan(0)
  expect(errorsIn(snippets)).toEqual([])
})

it('names the line of a snippet that does not compile', { timeout: 120_000 }, () => {
  const readme = ['# Title', '```ts', "import { nothing } from 'use-event-source'", '```'].join(
    '\n',
  )
  expect(errorsIn(snippetsOf(readme))).toEqual([
    `README.md:3: Module '"use-event-source"' has no exported member 'nothing'.`,
  ])
})

/** By the name of a module beside the README, each snippet on the lines that it has in the README. */
function snippetsOf(readme: string): Map<string, string> {
  const snippets = new Map<string, string>()
  for (const { index, 1: language, 2: code = '' } of readme.matchAll(
    /^```(tsx?)\b.*\n([^]*?)^```$/gm,
  )) {
    const linesAbove = readme.slice(0, index).split('\n').length
    snippets.set(join(root, `README.md.${linesAbove}.${language}`), '\n'.repeat(linesAbove) + code)
  }
  return snippets
}

function errorsIn(snippets: Map<string, string>): string[] {
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => snippets.has(path) || fileExists(path)
  host.readFile = (path) => snippets.get(path) ?? readFile(path)
  host.getSourceFile = (path, ...rest) => {
    const code = snippets.get(path)
    if (code === undefined) return getSourceFile(path, ...rest)
    return ts.createSourceFile(path, code, ts.ScriptTarget.ES2022)
  }
  const program = ts.createProgram([...snippets.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file && file.getLineAndCharacterOfPosition(start).line + 1
    const where = file && !snippets.has(file.fileName) ? file.fileName : 'README.md'
    return `${where}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}
