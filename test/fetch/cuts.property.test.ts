// @vitest-environment node
import fc from 'fast-check'
import { createConnection, type ServerSentEvent, text } from 'use-event-source/core'
import { type Fetch, type FetchResponse, fetchTransport } from 'use-event-source/fetch'
import { expect, it } from 'vitest'
import { createClock } from '../support/clock.ts'
import { encode } from './support/streamOf.ts'

/** How a response is cut: its length, its end, and the sizes of its chunks. */
interface Cut {
  /** The part of the remaining bytes that is sent, in thousandths. */
  readonly part: number
  readonly isClean: boolean
  /** The sizes of the chunks, used in count. */
  readonly sizes: readonly number[]
}

interface Server {
  readonly log: readonly { readonly id: string; readonly data: string }[]
  readonly ending: string
  readonly cuts: readonly Cut[]
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), {
  minLength: 1,
  maxLength: 3,
})

const servers: fc.Arbitrary<Server> = fc.record({
  log: fc
    .array(fc.record({ name: fc.constantFrom('', 'ß', '名前', '😀 ', 'x'), lines }), {
      minLength: 1,
      maxLength: 25,
    })
    .map((events) =>
      events.map(({ name, lines }, index) => ({ id: `${name}${index}`, data: lines.join('\n') })),
    ),
  ending: fc.constantFrom('\n', '\r', '\r\n'),
  cuts: fc.array(
    fc.record({ part: fc.integer({ min: 0, max: 1_000 }), isClean: fc.boolean(), sizes }),
    { minLength: 1, maxLength: 12 },
  ),
})

it('delivers each event once and in order, wherever the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(servers, async (server) => {
      expect(await read(server)).toEqual(server.log)
    }),
    { numRuns: 200, seed: 20_260_101 },
  )
}, 60_000)

it('delivers each event once with dedupe, if the server repeats the last event', async () => {
  await fc.assert(
    fc.asyncProperty(servers, async (server) => {
      expect(await read(server, 1)).toEqual(server.log)
    }),
    { numRuns: 200, seed: 20_260_102 },
  )
}, 60_000)

/**
 * Reads the server's log to its end. The server makes its cuts, then sends the rest in one response, and
 * answers with a 204 when nothing is left.
 *
 * @param repeat - how many events the server repeats when a stream resumes
 */
async function read({ log, ending, cuts }: Server, repeat = 0) {
  const events: ServerSentEvent[] = []
  const requestedIds: string[] = []
  const fetch: Fetch = async (url, { headers }) => {
    const id = Buffer.from(new Headers(headers).get('Last-Event-ID') ?? '', 'latin1').toString()
    requestedIds.push(id)
    const delivered = id ? log.findIndex((event) => event.id === id) + 1 : 0
    if (id && !delivered) throw new Error(`there is no event ${id}`)
    if (delivered === log.length) return respond(204, url, null)
    const bytes = encode(
      log
        .slice(Math.max(0, delivered - repeat))
        .map((event) => write(event).replaceAll('\n', ending))
        .join(''),
    )
    const cut = cuts[requestedIds.length - 1] ?? { part: 1_000, isClean: true, sizes: [7] }
    const end = Math.round((bytes.length * cut.part) / 1_000)
    return respond(200, url, streamOf(bytes.slice(0, end), cut))
  }
  await new Promise<unknown>((resolve) => {
    createConnection(
      'https://example.com/log',
      {
        transport: fetchTransport({ fetch }),
        retry: () => 0,
        connectTimeout: false,
        dedupe: repeat,
        onClose: resolve,
      },
      { ...createClock(), setTimer: inTheNextTask },
    )
      .observe({ message: text().forEach((_, event) => events.push(event)) })
      .subscribe(() => {})
  })
  return events.map(({ data, lastEventId: id }) => ({ id, data }))
}

function write({ id, data }: { id: string; data: string }): string {
  const lines = data.split('\n').map((line) => `data: ${line}\n`)
  return `: comment\nid: ${id}\n${lines.join('')}\n`
}

function respond(status: number, url: string, body: FetchResponse['body'] = null): FetchResponse {
  return { status, url, headers: new Headers({ 'Content-Type': 'text/event-stream' }), body }
}

function streamOf(bytes: Uint8Array, { sizes, isClean }: Cut): ReadableStream<Uint8Array> {
  let sent = 0
  let count = 0
  return new ReadableStream({
    pull(controller) {
      const chunk = bytes.slice(sent, (sent += sizes[count++ % sizes.length] ?? 1))
      if (chunk.length > 0) controller.enqueue(chunk)
      else if (isClean) controller.close()
      else controller.error(new TypeError('terminated'))
    },
  })
}

function inTheNextTask(callback: () => void): () => void {
  const task = setImmediate(callback)
  return () => clearImmediate(task)
}
