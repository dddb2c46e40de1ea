import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { build, createServer, type InlineConfig } from 'vite'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import webpack from 'webpack'
import { chromiumFlags, findChromium } from '../support/chromium.ts'
import { installPackage } from './installPackage.ts'
import { sendStream, serveApp } from './serveApp.ts'

/** Forbids inline code, `eval`, blobs and other origins. */
const strict =
  "default-src 'none'; script-src 'self' 'nonce-map'; worker-src 'self'; connect-src 'self'"

/** An app that adds the numbers of the stream to the page's title. */
const main = `
  import { createConnection, json } from 'use-event-source/core'
  import { workerTransport } from 'use-event-source/worker'

  const connection = createConnection('/stream', { transport: workerTransport() })
  const numbers = json().forEach((n) => { document.title += n })
  connection.observe({ message: numbers }).subscribe(() => {})
`
const modules = ['core', 'fetch', 'worker'].map((name) => [
  `use-event-source/${name}`,
  `${name}.js`,
])

const app = installPackage({ react: false })
const folder = app.run('module', 'result = import.meta.dirname') as string
let browser: Browser

beforeAll(async () => {
  writeFileSync(join(folder, 'main.js'), main)
  writePage(folder, '/main.js')
  browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumFlags })
}, 60_000)
afterAll(async () => {
  await browser.close()
  app.remove()
})

describe('reads in a worker', { timeout: 60_000 }, () => {
  it('in a build by Vite, under a strict policy', async () => {
    await build({ ...vite, build: { outDir: 'vite', emptyOutDir: true } })
    await expectWorker(await serve('vite', strict))
  })

  it('in a build by webpack, under a strict policy', async () => {
    await buildByWebpack()
    writePage(join(folder, 'webpack'), '/main.js')
    await expectWorker(await serve('webpack', strict))
  })

  it("in Vite's dev server, which bundles dependencies by itself", async () => {
    const requested: string[] = []
    const server = await createServer({
      ...vite,
      server: { host: '127.0.0.1', port: 0 },
      plugins: [
        {
          name: 'stream',
          configureServer({ middlewares }) {
            middlewares.use('/stream', (request, response) => {
              requested.push('/stream')
              sendStream(request, response)
            })
          },
        },
      ],
    })
    onTestFinished(() => server.close())
    await server.listen()
    await expectWorker({ url: server.resolvedUrls?.local[0] ?? '', requested })
  })

  it('without a bundler, under a strict policy', async () => {
    writePlain('plain')
    await expectWorker(await serve('plain', strict))
  })

  it('if the files are on another origin', async () => {
    const files = await serve('node_modules/use-event-source/dist')
    writePage(join(folder, 'elsewhere'), '/main.js', `${files.url}/`)
    writeFileSync(join(folder, 'elsewhere/main.js'), main)
    await expectWorker(await serve('elsewhere'))
    expect(files.requested).toContain('/worker-thread.js')
  })
})

describe('reads in the page, with one request', { timeout: 60_000 }, () => {
  it('if a policy forbids workers', async () => {
    await build({ ...vite, build: { outDir: 'forbidden' } })
    const noWorkers = strict.replace("worker-src 'self'", "worker-src 'none'")
    await expectNoWorker(await serve('forbidden', noWorkers))
  })

  it('if the files are on another origin, and a policy forbids blobs', async () => {
    const files = await serve('node_modules/use-event-source/dist')
    writePage(join(folder, 'foreign'), '/main.js', `${files.url}/`)
    writeFileSync(join(folder, 'foreign/main.js'), main)
    const ours = strict.replace('script-src', `script-src ${files.url}`)
    await expectNoWorker(await serve('foreign', ours))
  })

  it("if the thread's file is missing", async () => {
    writePlain('bare')
    rmSync(join(folder, 'bare/worker-thread.js'))
    await expectNoWorker(await serve('bare', strict))
  })
})

const vite: InlineConfig = { root: folder, configFile: false, logLevel: 'silent' }

function buildByWebpack(): Promise<void> {
  const output = { path: join(folder, 'webpack'), publicPath: '/' }
  return new Promise((resolve, reject) => {
    webpack(
      { context: folder, entry: './main.js', mode: 'production', devtool: false, output },
      (error, stats) => {
        const problem = error ?? stats?.toJson().errors?.[0]
        if (problem) reject(new Error(problem.message))
        else resolve()
      },
    )
  })
}

/** Writes the app beside the library's unbundled files. */
function writePlain(path: string): void {
  cpSync(join(folder, 'node_modules/use-event-source/dist'), join(folder, path), {
    recursive: true,
  })
  writeFileSync(join(folder, path, 'main.js'), main)
  writePage(join(folder, path), '/main.js', '/')
}

/** @param library - the url of the library's files, for a page without a bundler */
function writePage(folder: string, script: string, library?: string): void {
  mkdirSync(folder, { recursive: true })
  const imports = Object.fromEntries(modules.map(([name, file]) => [name, `${library}${file}`]))
  const map =
    library && `<script type="importmap" nonce="map">${JSON.stringify({ imports })}</script>`
  const page = `<!doctype html><title></title>${map ?? ''}<script type="module" src="${script}"></script>`
  writeFileSync(join(folder, 'index.html'), page)
}

async function serve(path: string, policy?: string) {
  const headers = policy ? { 'Content-Security-Policy': policy } : {}
  const served = await serveApp(join(folder, path), headers)
  onTestFinished(served.close)
  return served
}

interface Served {
  readonly url: string
  readonly requested: readonly string[]
}

async function expectWorker(served: Served): Promise<void> {
  expect(await open(served)).toEqual({ requests: 1, workers: 1 })
}

async function expectNoWorker(served: Served): Promise<void> {
  expect(await open(served)).toEqual({ requests: 1, workers: 0 })
}

/** Opens the page, waits until it has read the stream, and counts its requests and workers. */
async function open({ url, requested }: Served): Promise<{ requests: number; workers: number }> {
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.goto(url)
  await page.waitForFunction(() => document.title === '123')
  return {
    requests: requested.filter((path) => path === '/stream').length,
    workers: page.workers().length,
  }
}
