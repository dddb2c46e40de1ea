// @vitest-environment node
import {
  type Channel,
  createConnection,
  decode,
  type EventSourceOptions,
  events,
  json,
  text,
} from 'use-event-source/core'
import { type Fetch, fetchTransport } from 'use-event-source/fetch'
import { describe, expect, it } from 'vitest'
import { createClock } from '../support/clock.ts'
import { memory } from '../support/memory.ts'
import { encode } from './support/streamOf.ts'
import { settle } from './support/settle.ts'

const KEPT = 1_000
/** The filler before and after each event: 128 MB in all, if the chunks are not collected. */
const CHUNK = 2 ** 16
const FILLER = `: ${'x'.repeat(CHUNK)}\n`
/** In bytes: much more than the kept values, and much less than their chunks. */
const LITTLE = 10 * 2 ** 20

describe('kept values do not keep their chunks in memory', () => {
  it.each<[string, Channel<unknown>]>([
    ['text', text().last(KEPT)],
    ['text by key', text().latestBy((data) => data)],
    ['a slice made by a decoder', decode((data) => data.slice(0, 60)).last(KEPT)],
    ['JSON', json<{ text: string }>().last(KEPT)],
    ['a field of JSON', json<{ text: string }>().reduce(keepText, [] as readonly string[])],
  ])('%s', async (_, channel) => {
    const before = memory()
    const { observer, unsubscribe, clock } = await read({ message: channel })
    clock.frame()
    const { message } = observer.getSnapshot().data as { message: { length: number; size: number } }
    expect(message.length ?? message.size).toBe(KEPT)
    expect(memory() - before).toBeLessThan(LITTLE)
    unsubscribe()
  })

  it('ids for dedupe', async () => {
    const before = memory()
    const { unsubscribe } = await read({ message: text().forEach(() => {}) }, { dedupe: KEPT })
    expect(memory() - before).toBeLessThan(LITTLE)
    unsubscribe()
  })

  it('events of an iteration', async () => {
    const before = memory()
    const transport = fetchTransport({ fetch: createServer() })
    const kept: unknown[] = []
    for await (const event of events('https://example.com/', { message: text() }, { transport }))
      if (kept.push(event) === KEPT) break
    expect(memory() - before).toBeLessThan(LITTLE)
    expect(kept).toHaveLength(KEPT)
  })
})

function keepText(kept: readonly string[], { text }: { text: string }): readonly string[] {
  return [...kept, text]
}

/** Reads to the end of the server's stream. */
async function read(channels: Record<string, Channel<unknown>>, options?: EventSourceOptions) {
  const clock = createClock()
  const transport = fetchTransport({ fetch: createServer() })
  const url = 'https://example.com/'
  const connection = createConnection(url, { transport, linger: 0, ...options }, clock)
  const observer = connection.observe(channels)
  const unsubscribe = observer.subscribe(() => {})
  while (connection.getSnapshot().status !== 'reconnecting') await settle()
  return { clock, observer, unsubscribe }
}

/** A server that sends one event in each chunk, and makes chunks on demand. */
function createServer(): Fetch {
  return async (url) => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (sent === KEPT) return controller.close()
          const data = JSON.stringify({
            text: `an event of some ninety characters, number ${sent}`,
          })
          const id = `an id that is longer than a number is ${sent++}`
          controller.enqueue(encode(`${FILLER}id: ${id}\ndata: ${data}\n\n${FILLER}`))
        },
      },
      { highWaterMark: 0 },
    )
    return { status: 200, url, headers: new Headers({ 'Content-Type': 'text/event-stream' }), body }
  }
}
