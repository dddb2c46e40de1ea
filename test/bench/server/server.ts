import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { getOrCreate } from '../../../src/core/getOrCreate.ts'
import type { StreamShape } from '../contract.ts'
import { pace } from './pace.ts'
import { eventText, floodPieces, tradeOf } from './trades.ts'

/**
 * The server of the pages and their streams. Its own process keeps its cost out of the measurement.
 */

interface Run {
  requests: number
  open: number
  /** Streams that wait for the other streams of the run. */
  readonly waiting: ServerResponse[]
}

const [folder = '.'] = process.argv.slice(2)
const runs = new Map<string, Run>()

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/stream') return stream(searchParams, request, response)
  if (pathname === '/bytes') return response.end(String(bytesOf(shapeOf(searchParams))))
  if (pathname === '/ping') return response.end(String(now()))
  if (pathname === '/run') return look(runOf(searchParams.get('run') ?? ''), response)
  return file(pathname, response)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.(address.port)
})
process.on('disconnect', () => process.exit())

function stream(query: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
  const run = runOf(query.get('run') ?? '')
  run.requests++
  run.open++
  request.socket.setNoDelay(true)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.flushHeaders()
  response.once('close', () => run.open--)
  const shape = shapeOf(query)
  if (!shape.rate) return flood(shape, response)
  run.waiting.push(response)
  if (run.waiting.length >= shape.together) writePaced(shape, run.waiting.splice(0))
}

/** Writes as fast as the client reads. */
function flood(shape: StreamShape, response: ServerResponse): void {
  const pieces = floodPieces(shape)
  let next = 0
  const write = (): void => {
    while (next < pieces.length) if (!response.write(pieces[next++])) return
  }
  response.on('drain', write)
  write()
}

function writePaced(shape: StreamShape, responses: readonly ServerResponse[]): void {
  const start = performance.now() + 50
  let id = 0
  const stop = pace({
    due: start,
    step() {
      const text = eventText(tradeOf(id, shape, now()), shape)
      // The first response changes with each event, so that none is always written first.
      const first = id % responses.length
      for (const response of responses.slice(first)) response.write(text)
      for (const response of responses.slice(0, first)) response.write(text)
      id++
      this.due = id < shape.events ? start + (id * 1000) / shape.rate : Infinity
    },
  })
  for (const response of responses) response.once('close', stop)
}

function look({ requests, open }: Run, response: ServerResponse): void {
  response.end(JSON.stringify({ requests, open }))
}

function shapeOf(query: URLSearchParams): StreamShape {
  const number = (name: string) => Number(query.get(name))
  return {
    events: number('events'),
    rate: number('rate'),
    size: number('size'),
    symbols: number('symbols'),
    together: number('together'),
    eol: query.get('eol') === 'crlf' ? 'crlf' : 'lf',
  }
}

/** Returns the size of a flood, and creates it on the way. */
function bytesOf(shape: StreamShape): number {
  return shape.rate ? 0 : floodPieces(shape).reduce((sum, { length }) => sum + length, 0)
}

function file(pathname: string, response: ServerResponse): void {
  const isScript = pathname.endsWith('.js')
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
  try {
    response.end(isScript ? readFileSync(join(folder, pathname)) : pageOf(pathname.slice(1)))
  } catch {
    response.writeHead(404).end()
  }
}

/** Returns a page whose fake React developer tools count the commits. */
function pageOf(bundle: string): string {
  return `<!doctype html><meta charset="utf-8"><title>${bundle}</title><link rel="icon" href="data:,">
<script>
  var commits = 0
  var __REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true, inject: () => 1, onCommitFiberRoot: () => { commits++ },
    onPostCommitFiberRoot() {}, onCommitFiberUnmount() {}, checkDCE() {},
  }
</script>
<div id="root"></div>
<script type="module" src="/${bundle}.js"></script>`
}

function runOf(name: string): Run {
  return getOrCreate(runs, name, () => ({ requests: 0, open: 0, waiting: [] }))
}

function now(): number {
  return performance.timeOrigin + performance.now()
}
