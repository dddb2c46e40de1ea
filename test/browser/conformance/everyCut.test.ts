import type { ServerSentEvent, TransportSink } from 'use-event-source/core'
import { type FetchResponse, fetchTransport } from 'use-event-source/fetch'
import { describe, expect, it } from 'vitest'
import { requestOf } from '../../support/requestOf.ts'
import type { Bytes } from '../../support/server/script.ts'
import { toBytes } from '../../support/server/toBytes.ts'
import { type Case, expectedEvents, expectedLastEventId } from './case.ts'
import { cases } from './cases.ts'

const URL = 'https://example.com/stream'

describe.each(Object.entries(cases))('%s, with the stream cut in two at any byte', (_, group) => {
  const short = group.filter(({ isLong }) => !isLong)

  it.each(short.map((given) => [given.name, given] as const))('%s', async (_, given) => {
    for (const stream of withEachLineEnd(given.stream)) {
      const bytes = toBytes(stream)
      for (let cut = 0; cut <= bytes.length; cut++) {
        const read = await readChunks([bytes.slice(0, cut), bytes.slice(cut)])
        expect({ stream, cut, ...read }).toEqual({ stream, cut, ...expectedRead(given) })
      }
    }
  })
})

/** Returns a stream with LF, CR and CRLF as line ends; only the stream itself if it has a CR. */
function withEachLineEnd(stream: Bytes): Bytes[] {
  const parts = typeof stream === 'string' ? [stream] : stream
  const isOfText = (part: string | number): part is string => typeof part === 'string'
  if (parts.filter(isOfText).some((part) => part.includes('\r'))) return [stream]
  return ['\n', '\r', '\r\n'].map((end) =>
    parts.map((part) => (isOfText(part) ? part.replaceAll('\n', end) : part)),
  )
}

function expectedRead(given: Case): ReadInChunks {
  return {
    events: expectedEvents(given.events).map((event) => ({
      ...event,
      origin: 'https://example.com',
    })),
    lastEventId: unstripped(given),
    retry: given.retry,
  }
}

/** Returns the last event id itself, with any spaces around it that its header lacks. */
function unstripped(given: Case): string {
  const last = given.events.at(-1)?.lastEventId ?? ''
  return given.lastEventId === last.trim() ? last : expectedLastEventId(given)
}

interface ReadInChunks {
  events: ServerSentEvent[]
  lastEventId: string
  retry: number | undefined
}

/** Reads chunks, undivided, with the fetch transport; resolves at the end of the stream. */
function readChunks(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<ReadInChunks> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(output) {
      for (const chunk of chunks) output.enqueue(chunk)
      output.close()
    },
  })
  const headers = new Headers({ 'Content-Type': 'text/event-stream' })
  const response: FetchResponse = { status: 200, url: URL, headers, body }
  const read: ReadInChunks = { events: [], lastEventId: '', retry: undefined }
  return new Promise((resolve, reject) => {
    const sink: TransportSink = {
      open() {},
      alive() {},
      drop: reject,
      // An end inside an event is a cut, which is reported as a failure.
      fail: (error) => (error.message.endsWith('inside an event') ? resolve(read) : reject(error)),
      batch: (dispatch) => dispatch(),
      event({ type, data, lastEventId, origin }) {
        read.events.push({ type, data, lastEventId, origin })
        read.lastEventId = lastEventId
      },
      id(id) {
        read.lastEventId = id
      },
      retry(delay) {
        read.retry = delay
      },
      done: () => resolve(read),
      end: () => resolve(read),
    }
    const request = requestOf({ url: URL, mayRetry: false })
    fetchTransport({ fetch: async () => response }).open(request, sink)
  })
}
