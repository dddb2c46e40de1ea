import { execFileSync } from 'node:child_process'

/** The tests of this folder look at what is published, so it is built first, once. */
export default function build(): void {
  execFileSync('npm', ['run', 'build', '--silent'], { stdio: ['ignore', 'ignore', 'inherit'] })
}
