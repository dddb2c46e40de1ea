import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/**
 * Builds the package once for the tests of this folder. A failed build prints its errors, and lets the
 * other test projects run.
 */
export default function build(): void {
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js')
  spawnSync(process.execPath, [tsup, '--silent'], { cwd: root, stdio: 'inherit' })
}
