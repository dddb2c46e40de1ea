import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { corsHeaders, isPreflight } from './cors.ts'
import { createStream, type ScriptedStream } from './createStream.ts'
import { listenOnFreePort } from './listenOnFreePort.ts'
import { readText } from './readText.ts'
import type { Answer, Condition, OpenedStream, ServerLog, Step } from './script.ts'

/**
 * How long to wait for a condition, in ms. Below a test's time limit, so a failure shows the log.
 */
const WAIT_LIMIT = 10_000

/** Controls all scripted streams, over HTTP. */
export interface Control {
  readonly url: string
  /** Closes the control and all streams. */
  close(): void
}

/**
 * Starts the control. Requests and answers are JSON:
 *
 * - `POST /control`, with an array of answers, opens a stream; returns an `OpenedStream`
 * - `GET /control/<id>` returns its log; with `?requests=3&open=0`, once that is met, or 504
 * - `POST /control/<id>/answer`, with an array of answers, sets the answers to the next requests
 * - `POST /control/<id>/play`, with an array of steps, plays them on all open answers
 * - `POST /control/<id>/refuse` and `…/accept` close and open the stream's port
 * - `DELETE /control/<id>` ends the stream
 */
export async function startControl(): Promise<Control> {
  const streams = new Map<string, ScriptedStream>()
  let opened = 0

  const server = createServer((request, response) => {
    void respond(request).then(
      ([status, result]) => {
        response.writeHead(status, { ...corsHeaders(request), 'Content-Type': 'application/json' })
        response.end(JSON.stringify(result))
      },
      (error: unknown) => response.writeHead(500, corsHeaders(request)).end(String(error)),
    )
  })
  await listenOnFreePort(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/control`,
    close() {
      for (const stream of streams.values()) stream.close()
      server.close()
      server.closeAllConnections()
    },
  }

  async function respond(request: IncomingMessage): Promise<[status: number, result: unknown]> {
    if (isPreflight(request)) return [200, null]
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://control')
    const [, , id, verb] = pathname.split('/')
    if (id === undefined) return [201, await open((await readJson(request)) as Answer[])]
    const stream = streams.get(id)
    if (!stream) return [404, `There is no stream ${id}`]
    if (request.method === 'GET') {
      const log = await stream.until(conditionOf(searchParams), WAIT_LIMIT)
      return log ? [200, log] : [504, stream.log()]
    }
    return [200, await act(id, stream, verb, request)]
  }

  async function open(answers: readonly Answer[]): Promise<OpenedStream> {
    const id = `stream-${++opened}`
    const stream = await createStream(id, answers)
    streams.set(id, stream)
    return { id, url: stream.url }
  }

  async function act(
    id: string,
    stream: ScriptedStream,
    verb: string | undefined,
    request: IncomingMessage,
  ): Promise<ServerLog> {
    if (verb === 'answer') stream.answer((await readJson(request)) as Answer[])
    else if (verb === 'play') await stream.play((await readJson(request)) as Step[])
    else if (verb === 'refuse') stream.refuse()
    else if (verb === 'accept') await stream.accept()
    else if (request.method === 'DELETE') {
      stream.close()
      streams.delete(id)
    } else throw new Error(`Unknown command "${verb}"`)
    return stream.log()
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  return JSON.parse(await readText(request))
}

function conditionOf(params: URLSearchParams): Condition {
  const numbers = [...params].map(([name, value]) => [name, Number(value)])
  return Object.fromEntries(numbers) as Condition
}
