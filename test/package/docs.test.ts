import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
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

it('compiles every snippet of the README and of docs', { timeout: 120_000 }, () => {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  expect(docs).not.toEqual([])
  const snippets = ['README.md', ...docs.map((name) => `docs/${name}`)].flatMap((page) =>
    snippetsOf(page, readFileSync(join(root, page), 'utf8')),
  )
  expect(snippets).not.toEqual([])
  expect(errorsIn(snippets)).toEqual([])
})

it('names the page and the line of a snippet that does not compile', { timeout: 120_000 }, () => {
  const page = ['# Title', '```ts', "import { nothing } from 'use-event-source'", '```'].join('\n')
  expect(errorsIn(snippetsOf('docs/page.md', page))).toEqual([
    `docs/page.md:3: Module '"use-event-source"' has no exported member 'nothing'.`,
  ])
})

/** A module beside its page. Blank lines put its code on the same lines as in the page. */
type Snippet = { path: string; code: string }

function snippetsOf(page: string, text: string): Snippet[] {
  return [...text.matchAll(/^```(tsx?)\b.*\n([^]*?)^```$/gm)].map(
    ({ index, 1: language, 2: code = '' }) => {
      const linesAbove = text.slice(0, index).split('\n').length
      return {
        path: join(root, `${page}.${linesAbove}.${language}`),
        code: '\n'.repeat(linesAbove) + code,
      }
    },
  )
}

/** Compiles all snippets in one program, so that the types of the library are read once. */
function errorsIn(snippets: Snippet[]): string[] {
  const codeAt = new Map(snippets.map(({ path, code }) => [path, code]))
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => codeAt.has(path) || fileExists(path)
  host.readFile = (path) => codeAt.get(path) ?? readFile(path)
  host.getSourceFile = (path, ...rest) => {
    const code = codeAt.get(path)
    if (code === undefined) return getSourceFile(path, ...rest)
    return ts.createSourceFile(path, code, ts.ScriptTarget.ES2022)
  }
  const program = ts.createProgram([...codeAt.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, '\n')
    if (!file) return message
    const page = relative(root, file.fileName).replace(/(\.md)\.\d+\.tsx?$/, '$1')
    return `${page}:${file.getLineAndCharacterOfPosition(start).line + 1}: ${message}`
  })
}
