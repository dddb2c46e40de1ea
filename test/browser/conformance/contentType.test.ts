import { createConnection, nativeTransport, type Transport } from 'use-event-source/core'
import { fetchTransport } from 'use-event-source/fetch'
import { workerTransport } from 'use-event-source/worker'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Reply } from '../../support/server/script.ts'
import { openStream } from '../support/openStream.ts'

const transports: [string, () => Transport][] = [
  // The control: shows that a browser opens the same answers.
  ['native', nativeTransport],
  ['fetch', fetchTransport],
  ['worker', workerTransport],
]

describe.each(transports)('as read by the %s transport', (_, makeTransport) => {
  it.each([
    'text/event-stream',
    'Text/Event-Stream;charset=UTF-8',
    'text/event-stream\t;charset=utf-8',
    'text/event-stream, text/event-stream',
    'application/json, text/event-stream; charset=utf-8',
    'text/html, text/event-stream',
    'text/event-stream, */*',
    'text/event-stream,',
  ])('an answer with the type %j is a stream (Fetch, 2.2.2: extract a MIME type)', async (type) => {
    expect(await outcomeOf({ headers: { 'Content-Type': type } })).toBe('open')
  })

  it.each([
    'text/event-streams',
    'text/event-stream+json',
    'text/event-stream, application/json',
    'text/event-stream, text/html',
    'application/json; x="a, text/event-stream"',
  ])('an answer with the type %j is none', async (type) => {
    expect(await outcomeOf({ headers: { 'Content-Type': type } })).toBe('failed')
  })

  it.each([201, 203, 205, 206, 210, 226, 299])(
    'an answer with the status %i is none (9.2.3: if the status is not 200, fail)',
    async (status) => {
      expect(await outcomeOf({ status })).toBe('failed')
    },
  )

  /** How the first attempt ends that gets this answer. */
  async function outcomeOf(answer: Reply): Promise<'open' | 'failed'> {
    const { url } = await openStream(answer)
    return new Promise((resolve) => {
      const connection = createConnection(url, {
        transport: makeTransport(),
        linger: 0,
        // Has a browser's EventSource report each loss, too.
        retry: false,
        onOpen: () => resolve('open'),
        onError: () => resolve('failed'),
      })
      onTestFinished(connection.subscribe(() => {}))
    })
  }
})
