import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { corsHeaders, isPreflight } from './cors.ts'
import { createOutlet } from './createOutlet.ts'
import { createRecorder, type Recorder } from './createRecorder.ts'
import { giveAnswer, playSteps, resolveAnswer } from './giveAnswer.ts'
import { listenOnFreePort } from './listenOnFreePort.ts'
import { readText } from './readText.ts'
import type { Answer, Step } from './script.ts'

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

/** How long a request's headers may be, in bytes: an event id may be long, and comes back in one. */
const HEADER_LIMIT = 2 ** 20

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

  const server = createServer({ maxHeaderSize: HEADER_LIMIT }, (request, response) => {
    // A connection for each request: on one that is used again, a browser repeats by itself what
    // was reset. It is not announced, since there are clients that then take a reset for the end.
    response.once('finish', () => request.socket.destroySoon())
    if (isPreflight(request)) {
      response.writeHead(204, corsHeaders(request)).end()
    } else if (request.url === '/page') {
      response.writeHead(200, { ...corsHeaders(request), 'Content-Type': 'text/html' })
      response.end('<p>A page</p>')
    } else {
      // An upload that breaks off, or a script that makes no sense, gets no answer.
      void give(request, response).catch(() => response.destroy())
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
      await Promise.all(open.map(([outlet, recorded]) => playSteps(steps, outlet, recorded)))
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

  async function give(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Whoever sees the request in the log shall see all of it. Most have no body: those are not
    // waited for, so that they are answered in the order in which they come.
    const body = request.method === 'GET' ? '' : await readText(request)
    const scripted = (next.length > 1 ? next.shift() : next[0]) ?? {}
    const answer = resolveAnswer(scripted, request)
    const isPacked = typeof answer === 'object' && 'gzip' in answer && answer.gzip
    const outlet = createOutlet(response, isPacked)
    await giveAnswer(answer, request, outlet, recorder.record(request, body, outlet))
  }
}
