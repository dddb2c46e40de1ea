import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { chromium as playwright } from 'playwright'

/** Flags for Chromium on a build machine: as root, without a GPU, without background requests. */
export const chromiumFlags: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const INSTALL_TIME_LIMIT = 300_000

let search: Promise<string> | undefined

/**
 * Returns the path of a Chromium that starts: `CHROMIUM_PATH`, else the system's, else Playwright's
 * own (installed if necessary), else the one in an npm package for Linux on x64. The search runs
 * only once, even for several projects.
 */
export function findChromium(): Promise<string> {
  search ??= findFirst()
  return search
}

async function findFirst(): Promise<string> {
  const chosen = process.env['CHROMIUM_PATH']
  if (chosen) {
    if (await starts(chosen)) return chosen
    throw new Error(`CHROMIUM_PATH is "${chosen}", which does not start. Set it to a Chromium.`)
  }
  for (const path of systemPaths()) if (await starts(path)) return path
  const own = playwright.executablePath()
  if (await starts(own)) return own
  await installOwn()
  if (await starts(own)) return own
  const packed = await unpackFromNpm()
  if (packed && (await starts(packed))) return packed
  throw new Error('Found no Chromium. Install it, or set CHROMIUM_PATH to the path of one.')
}

function systemPaths(): string[] {
  if (process.platform === 'darwin') {
    const apps = ['Chromium', 'Google Chrome']
    return apps.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`)
  }
  if (process.platform === 'win32') return []
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** Runs the file, since Ubuntu's chromium-browser exists but only asks for a snap. */
async function starts(path: string): Promise<boolean> {
  if (!existsSync(path)) return false
  // On Windows `--version` opens a window.
  if (process.platform === 'win32') return true
  const run = promisify(execFile)(path, ['--version'], { timeout: 30_000 })
  return run.then(
    () => true,
    () => false,
  )
}

function installOwn(): Promise<void> {
  const cli = join(import.meta.dirname, '../../node_modules/playwright/cli.js')
  const installer = spawn(process.execPath, [cli, 'install', 'chromium', '--no-shell'], {
    stdio: 'inherit',
    timeout: INSTALL_TIME_LIMIT,
  })
  // The exit code is ignored: the caller checks whether the browser starts.
  return new Promise((resolve) => {
    installer.once('error', () => resolve())
    installer.once('close', () => resolve())
  })
}

async function unpackFromNpm(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const { default: packed } = await import('@sparticuz/chromium')
  return packed.executablePath()
}
