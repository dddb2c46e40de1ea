// @vitest-environment node
import { type ConnectionState, createConnection, text } from 'use-event-source/core'
import { type Fetch, fetchTransport } from 'use-event-source/fetch'
import { expect, it } from 'vitest'
import { createClock } from '../support/clock.ts'
import { memory } from '../support/memory.ts'
import { encode } from './support/streamOf.ts'
import { settle } from './support/settle.ts'

const MB = 2 ** 20
const GB = 2 ** 30
/** Sent repeatedly, so that the test itself needs little memory. */
const CHUNK = new Uint8Array(MB / 4).fill(0x78)

it('buffers no more of an endless line than the limit, and retries each time', async () => {
  const server = createEndlessServer('data: ', 64 * MB)
  const { states, clock, unsubscribe } = open(server.fetch)
  await server.untilOver(1)
  expect(states.at(-1)).toMatchObject({
    status: 'reconnecting',
    attempt: 1,
    error: { type: 'overflow', attempt: 1 },
  })
  // Reading stops at the limit, apart from chunks that are in the streams between already.
  expect(server.sent()).toBeLessThan(17 * MB)
  for (let attempt = 2; server.sent() < GB; attempt++) {
    clock.advance(30_000)
    await server.untilOver(attempt)
    expect(states.at(-1)).toMatchObject({ attempt, error: { type: 'overflow' } })
  }
  expect(server.responses()).toBeGreaterThan(60)
  expect(server.cancelled()).toBe(server.responses())
  expect(server.growth()).toBeGreaterThan(4 * MB)
  expect(server.growth()).toBeLessThan(50 * MB)
  unsubscribe()
}, 60_000)

it('buffers nothing of a long comment, and loses no event after it', async () => {
  const server = createEndlessServer(':', 128 * MB, '\ndata: after\n\n')
  const { states, events, unsubscribe } = open(server.fetch)
  await server.untilOver(1)
  expect(server.sent()).toBe(128 * MB)
  expect(events).toEqual(['after'])
  expect(states.map(({ status }) => status)).toEqual(['open', 'reconnecting'])
  expect(states.at(-1)?.error?.type).toBe('network')
  expect(server.growth()).toBeLessThan(4 * MB)
  unsubscribe()
}, 60_000)

function open(fetch: Fetch) {
  const clock = createClock()
  const states: ConnectionState[] = []
  const events: string[] = []
  const transport = fetchTransport({ fetch })
  const connection = createConnection('https://example.com/', { transport, linger: 0 }, clock)
  const unwatch = connection.subscribe(() => states.push(connection.getSnapshot()))
  const unobserve = connection
    .observe({ message: text().forEach((data) => events.push(data)) })
    .subscribe(() => {})
  return {
    clock,
    states,
    events,
    unsubscribe() {
      unwatch()
      unobserve()
    },
  }
}

/** A server whose responses are one line, up to `limit` bytes long, sent as fast as they are read. */
function createEndlessServer(first: string, limit: number, last = '') {
  const before = memory()
  let growth = 0
  let sent = 0
  let responses = 0
  let cancelled = 0
  let ended = 0
  const fetch: Fetch = async (url) => {
    responses++
    let chunks = 0
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encode(first)),
      pull(controller) {
        if (chunks * CHUNK.length < limit) {
          controller.enqueue(CHUNK)
          sent += CHUNK.length
          chunks++
          // Measures near the limit too, but rarely, because collecting garbage takes time.
          if (chunks % 60 === 0) growth = Math.max(growth, memory() - before)
        } else {
          if (last) controller.enqueue(encode(last))
          controller.close()
          ended++
        }
      },
      cancel() {
        cancelled++
      },
    })
    return { status: 200, url, headers: new Headers({ 'Content-Type': 'text/event-stream' }), body }
  }
  return {
    fetch,
    sent: () => sent,
    responses: () => responses,
    cancelled: () => cancelled,
    /** The most memory in use, in bytes, compared with the start. */
    growth: () => growth,
    /** Waits until `count` responses are over, and their consequences have settled. */
    async untilOver(count: number): Promise<void> {
      while (cancelled + ended < count) await settle()
      await settle()
    },
  }
}
