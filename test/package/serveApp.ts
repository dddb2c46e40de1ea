import { readFile } from 'node:fs/promises'
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { corsHeaders } from '../support/server/cors.ts'
import { listenOnFreePort } from '../support/server/listenOnFreePort.ts'

/** A folder served on its own origin, with a stream at `/stream` that sends 1, 2 and 3. */
export interface ServedApp {
  readonly url: string
  /** The paths of all requests, including the stream's. */
  readonly requested: readonly string[]
  close(): void
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
}

export async function serveApp(folder: string, headers: OutgoingHttpHeaders): Promise<ServedApp> {
  const requested: string[] = []
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://app')
    requested.push(pathname)
    if (pathname === '/stream') return sendStream(request, response)
    const path = pathname === '/' ? '/index.html' : pathname
    try {
      const file = await readFile(join(folder, path))
      const type = TYPES[extname(path)] ?? 'application/octet-stream'
      response.writeHead(200, { 'Content-Type': type, ...corsHeaders(request), ...headers })
      response.end(file)
    } catch {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end()
    }
  })
  await listenOnFreePort(server)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    requested,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Sends a stream that stays open. */
export function sendStream(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', ...corsHeaders(request) })
  response.write('data: 1\n\ndata: 2\n\ndata: 3\n\n')
}
