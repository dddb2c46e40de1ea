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
/** Sent over and over, so that what the test itself holds is little. */
const PIECE = new Uint8Array(MB / 4).fill(0x78)

it('holds no more of an endless line than the limit, and tries again each time', async () => {
  const server = createEndlessServer('data: ', 64 * MB)
  const { states, clock, unsubscribe } = open(server.fetch)
  await server.over(1)
  expect(states.at(-1)).toMatchObject({
    status: 'reconnecting',
    attempt: 1,
    error: { type: 'overflow', attempt: 1 },
  })
  // What it may not hold it does not ask for either, but for what is on its way.
  expect(server.sent()).toBeLessThan(17 * MB)
  for (let attempt = 2; server.sent() < GB; attempt++) {
    clock.advance(30_000)
    await server.over(attempt)
    expect(states.at(-1)).toMatchObject({ attempt, error: { type: 'overflow' } })
  }
  expect(server.answers()).toBeGreaterThan(60)
  expect(server.cancelled()).toBe(server.answers())
  expect(server.growth()).toBeGreaterThan(4 * MB)
  expect(server.growth()).toBeLessThan(50 * MB)
  unsubscribe()
}, 60_000)

it('holds nothing of an endless comment, and loses nothing that follows', async () => {
  const server = createEndlessServer(':', 128 * MB, '\ndata: after\n\n')
  const { states, events, unsubscribe } = open(server.fetch)
  await server.over(1)
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

/** A server whose answers go on with one line for as long as they are read, up to `limit` bytes. */
function createEndlessServer(first: string, limit: number, last = '') {
  const before = memory()
  let growth = 0
  let sent = 0
  let answers = 0
  let cancelled = 0
  let ended = 0
  const fetch: Fetch = async (url) => {
    answers++
    let pieces = 0
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encode(first)),
      pull(controller) {
        if (pieces * PIECE.length < limit) {
          controller.enqueue(PIECE)
          sent += PIECE.length
          pieces++
          // Often enough to see it near the limit too, and in few of a comment's many pieces.
          if (pieces % 60 === 0) growth = Math.max(growth, memory() - before)
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
    answers: () => answers,
    cancelled: () => cancelled,
    /** By how much more was in use, in bytes, than before, at the most. */
    growth: () => growth,
    /** Waits until so many answers are over, and what follows of it has happened. */
    async over(count: number): Promise<void> {
      while (cancelled + ended < count) await settle()
      await settle()
    },
  }
}
