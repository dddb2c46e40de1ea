import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Format = 'module' | 'commonjs'

const root = join(import.meta.dirname, '../..')

/** Installs the built package into the `node_modules` of a new folder, as in an app. */
export function installPackage({ react }: { react: boolean }) {
  const app = mkdtempSync(join(tmpdir(), 'use-event-source-'))
  const modules = join(app, 'node_modules')
  const target = join(modules, 'use-event-source')
  mkdirSync(target, { recursive: true })
  for (const part of ['package.json', 'dist']) {
    cpSync(join(root, part), join(target, part), { recursive: true })
  }
  if (react) symlinkSync(join(root, 'node_modules/react'), join(modules, 'react'), 'junction')

  return {
    /** Runs `code` in a separate Node process, and returns the value that it assigns to `result`. */
    run(format: Format, code: string): unknown {
      const program = join(app, format === 'module' ? 'program.mjs' : 'program.cjs')
      writeFileSync(program, `let result\n${code}\nprocess.stdout.write(JSON.stringify(result))`)
      return JSON.parse(execFileSync(process.execPath, [program], { stdio: 'pipe' }).toString())
    },
    remove: () => rmSync(app, { recursive: true }),
  }
}
