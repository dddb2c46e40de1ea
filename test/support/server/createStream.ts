import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { corsHeaders, isPreflight } from './cors.ts'
import { createRecorder, type Recorder } from './createRecorder.ts'
import { listenOnFreePort } from './listenOnFreePort.ts'
import { playStep } from './playStep.ts'
import type { Answer, RecordedRequest, Step } from './script.ts'

/** One scripted stream, with a server and a port of its own. */
export interface ScriptedStream extends Pick<Recorder, 'log' | 'until'> {
  readonly url: string
  /** What the next requests get, in this order; the last answer is for all that follow. */
  answer(answers: readonly Answer[]): void
  /** Plays steps on all answers that are open now; resolves once they are written. Rejects if none is. */
  play(steps: readonly Step[]): Promise<void>
  /** Closes the port: connections to it are refused. Those that are open stay so. */
  refuse(): void
  /** Opens the port again. */
  accept(): Promise<void>
  /** Ends everything. */
  close(): void
}

/**
 * Starts a server for one stream. Its path is `/<id>`, with any query; at `/page` of the same origin
 * there is a page that has nothing to do with the stream and is not recorded.
 */
export async function createStream(
  id: string,
  answers: readonly Answer[],
): Promise<ScriptedStream> {
  const recorder = createRecorder()
  let next = [...answers]

  const server = createServer((request, response) => {
    // A connection for each request: on one that is used again, a browser repeats by itself what
    // was reset. It is not announced, since there are clients that then take a reset for the end.
    response.once('finish', () => request.socket.destroySoon())
    if (isPreflight(request)) {
      response.writeHead(204, corsHeaders(request)).end()
    } else if (request.url === '/page') {
      response.writeHead(200, { ...corsHeaders(request), 'Content-Type': 'text/html' })
      response.end('<p>A page</p>')
    } else {
      const answer = next.length > 1 ? next.shift() : next[0]
      void give(answer ?? {}, request, response, recorder.record(request, response))
    }
  })
  await listenOnFreePort(server)
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/${id}`,
    log: recorder.log,
    until: recorder.until,
    answer(answers) {
      next = [...answers]
    },
    async play(steps) {
      const open = [...recorder.open]
      if (open.length === 0) throw new Error(`No answer of ${id} is open`)
      await Promise.all(open.map(([response, recorded]) => playAll(steps, response, recorded)))
    },
    refuse: () => void server.close(),
    async accept() {
      if (server.listening) return
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const STREAM_HEADERS = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }

async function give(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
  recorded: RecordedRequest,
): Promise<void> {
  if (answer === 'stall') return
  if (answer === 'reset') return void request.socket.resetAndDestroy()
  // A status alone is a whole answer.
  const { status, headers, body } =
    typeof answer === 'number' ? { status: answer, body: ['end'] as const } : answer
  const all = { ...STREAM_HEADERS, ...corsHeaders(request), ...headers }
  for (const [name, value] of Object.entries(all)) {
    if (value != null) response.setHeader(name, value)
  }
  response.writeHead(status ?? 200)
  response.flushHeaders()
  await playAll(body ?? [], response, recorded)
}

async function playAll(
  steps: readonly Step[],
  response: ServerResponse,
  { url, lastEventId }: RecordedRequest,
): Promise<void> {
  const inQuery = new URL(url, 'http://stream').searchParams.get('lastEventId')
  for (const step of steps) await playStep(step, response, lastEventId ?? inQuery)
}
