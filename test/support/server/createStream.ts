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
  /** Sets the answers to the next requests, in order; the last one repeats. */
  answer(answers: readonly Answer[]): void
  /** Plays steps on all open answers; resolves once written. Rejects if no answer is open. */
  play(steps: readonly Step[]): Promise<void>
  /** Closes the port: new connections are refused, open ones stay open. */
  refuse(): void
  /** Opens the port again. */
  accept(): Promise<void>
  /** Closes the server and all its connections. */
  close(): void
}

/** The size limit of a request's headers, in bytes: large, since one carries the last event id. */
const HEADER_LIMIT = 2 ** 20

/**
 * Starts a server for one stream. Its path is `/<id>`, with any query. The same origin also serves
 * an unrelated page at `/page`, whose requests are not recorded.
 */
export async function createStream(
  id: string,
  answers: readonly Answer[],
): Promise<ScriptedStream> {
  const recorder = createRecorder()
  let next = [...answers]

  const server = createServer({ maxHeaderSize: HEADER_LIMIT }, (request, response) => {
    // Each request gets its own connection, since a browser silently repeats a request that is
    // reset on a reused one. No `Connection: close` is sent: some clients then take a reset for a
    // clean end.
    response.once('finish', () => request.socket.destroySoon())
    if (isPreflight(request)) {
      response.writeHead(204, corsHeaders(request)).end()
    } else if (request.url === '/page') {
      response.writeHead(200, { ...corsHeaders(request), 'Content-Type': 'text/html' })
      response.end('<p>A page</p>')
    } else {
      // An aborted upload or an invalid script gets no answer.
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
      if (open.length === 0) throw new Error(`No response of ${id} is open`)
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
    // A request is recorded with its whole body. A GET has none: without a wait, these requests are
    // answered in the order of their arrival.
    const body = request.method === 'GET' ? '' : await readText(request)
    const scripted = (next.length > 1 ? next.shift() : next[0]) ?? {}
    const answer = resolveAnswer(scripted, request)
    const isGzipped = typeof answer === 'object' && 'gzip' in answer && answer.gzip
    const outlet = createOutlet(response, isGzipped)
    await giveAnswer(answer, request, outlet, recorder.record(request, body, outlet))
  }
}
