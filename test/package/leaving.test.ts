import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { chromiumFlags, findChromium } from '../support/chromium.ts'
import { listenOnFreePort } from '../support/server/listenOnFreePort.ts'

const DIST = join(import.meta.dirname, '../../dist')

/** Opens the stream that the query describes, and stores each callback over the navigation. */
const APP = `<!doctype html><title>connecting</title>
<script type="importmap">${JSON.stringify({
  imports: {
    'use-event-source/core': '/dist/core.js',
    'use-event-source/fetch': '/dist/fetch.js',
    'use-event-source/worker': '/dist/worker.js',
  },
})}</script>
<script type="module">
  import { createConnection, nativeTransport } from 'use-event-source/core'
  import { fetchTransport } from 'use-event-source/fetch'
  import { workerTransport } from 'use-event-source/worker'

  const note = (text) => localStorage.setItem('calls', (localStorage.getItem('calls') ?? '') + text + ';')
  const [name, method] = location.search.slice(1).split('-')
  const transport = { native: nativeTransport, fetch: fetchTransport, worker: workerTransport }[name]({ method })
  createConnection('/stream', {
    transport,
    onOpen() { note('open'); document.title = 'open' },
    onError: ({ type }) => note('error ' + type),
    onClose: ({ reason }) => note('closed ' + reason),
  }).subscribe(() => {})
</script>`

let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumFlags })
}, 60_000)
afterAll(() => browser.close())

describe.each(['native', 'fetch', 'fetch-POST', 'worker', 'worker-POST'])(
  'a page with an open %s stream',
  { timeout: 60_000 },
  (transport) => {
    it.each<[string, (page: Page) => Promise<unknown>]>([
      ['is left for another page', (page) => page.goto(new URL('/next', page.url()).href)],
      ['is reloaded', (page) => page.reload()],
      [
        'is left by a link',
        async (page) => {
          await page.evaluate(() => {
            location.href = '/slow'
          })
          await page.waitForURL('**/slow')
        },
      ],
    ])('reports nothing when it %s', async (_, leave) => {
      const app = await serve()
      const page = await open(app, transport)
      await leave(page)
      await app.until(() => app.open() <= (page.url().includes('?') ? 1 : 0))
      const calls = await page.evaluate(() => localStorage.getItem('calls'))
      expect(calls?.replaceAll('open;', '')).toBe('')
    })

    it('still reports a loss after a navigation that was called off', async () => {
      const app = await serve()
      const page = await open(app, transport)
      const download = page.waitForEvent('download')
      await page.evaluate(() => {
        location.href = '/download'
      })
      await download
      app.cut()
      await page.waitForFunction(() => localStorage.getItem('calls')?.includes('error'))
      expect(await page.evaluate(() => localStorage.getItem('calls'))).toMatch(
        /^open;error network/,
      )
    })
  },
)

async function open(app: App, transport: string): Promise<Page> {
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.goto(`${app.url}/?${transport}`)
  await page.waitForFunction(() => document.title === 'open')
  return page
}

type App = Awaited<ReturnType<typeof serve>>

/** Serves the app, its stream, and pages to leave it for. */
async function serve() {
  const streams = new Set<ServerResponse>()
  let onChange = (): void => {}
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://app')
    if (pathname === '/stream') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('retry: 60000\n\n')
      streams.add(response)
      response.on('close', () => {
        streams.delete(response)
        onChange()
      })
    } else if (pathname.startsWith('/dist/')) {
      response.writeHead(200, { 'Content-Type': 'text/javascript' })
      response.end(await readFile(join(DIST, pathname.slice('/dist/'.length))))
    } else if (pathname === '/download') {
      response.writeHead(200, { 'Content-Disposition': 'attachment; filename=a.txt' }).end('a')
    } else {
      response.writeHead(200, { 'Content-Type': 'text/html' })
      response.end(pathname === '/' ? APP : '<!doctype html><title>another page</title>')
    }
  })
  await listenOnFreePort(server)
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    open: () => streams.size,
    /** Resets all streams. */
    cut() {
      for (const stream of streams) stream.destroy()
    },
    /** Resolves when the condition is true at a change of the open streams. */
    async until(condition: () => boolean): Promise<void> {
      while (!condition()) {
        await new Promise<void>((resolve) => {
          onChange = resolve
        })
      }
    },
  }
}
