import { StrictMode, useEffect } from 'react'
import {
  createConnection,
  type EventSourceOptions,
  json,
  nativeTransport,
} from 'use-event-source/core'
import { fetchTransport } from 'use-event-source/fetch'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLog } from '../support/createLog.ts'
import { numbers } from '../support/numbers.ts'
import { openStream, type TestStream } from '../support/openStream.ts'
import { Probe, type Seen } from '../support/Probe.tsx'
import { render } from '../support/render.tsx'
import { expectNothingThrown } from './support/expectNothingThrown.ts'

expectNothingThrown()

describe.each([0, 20])('a StrictMode mount with a linger of %i ms', (linger) => {
  it('makes 1 request, and leaves none open after the unmount, 20 times', async () => {
    const stream = await openStream({ body: [{ burst: { to: 3 } }] })
    for (const turn of numbers(1, 20)) {
      const log = createLog<Seen>()
      let effects = 0
      const { unmount } = await render(
        <StrictMode>
          <Probe url={stream.url} options={{ transport: fetchTransport(), linger }} log={log} />
          <Effect run={() => void effects++} />
        </StrictMode>,
      )
      await log.until(({ status }) => status === 'open')
      // Proves that StrictMode has run the effects twice.
      expect(effects).toBe(2)
      unmount()
      expect((await stream.until({ open: 0 })).requests).toHaveLength(turn)
    }
  })
})

function Effect({ run }: { run: () => void }) {
  useEffect(() => run())
  return null
}

describe.each([
  ['the fetch transport', fetchTransport()],
  ['the native transport', nativeTransport({ lastEventIdParam: 'lastEventId' })],
])('%s', (_, transport) => {
  it('delivers no further event of a chunk after close() in the middle', async () => {
    const stream = await openStream({ body: [{ burst: { to: 2_000 } }] })
    const { connection, each, states } = await listen(stream, { transport }, (n) => {
      if (n === 100) connection.close()
    })
    await states.until((status) => status === 'closed')
    expect((await stream.until({ open: 0 })).requests).toHaveLength(1)
    expect(each).toEqual(numbers(1, 100))
    expect(connection.getSnapshot()).toMatchObject({ reason: 'stopped', error: null })
  })

  it('loses no event and leaves 1 request open when it reconnects in the middle of each chunk', async () => {
    const stream = await openStream({ body: [{ burst: { from: 'resume', to: 2_000 } }] })
    const { each, connection, numbersSeen } = await listen(stream, { transport }, (n) => {
      if (n % 100 !== 50) return
      connection.close()
      connection.reconnect()
    })
    await numbersSeen.until((n) => n === 2_000)
    expect(each).toEqual(numbers(1, 2_000))
    expect((await stream.until({ open: 1 })).requests).toHaveLength(21)
  })

  it('makes 1 request for each reconnect(), and ends the previous one', async () => {
    const stream = await openStream('stall')
    const { connection } = await listen(stream, { transport })
    for (const count of numbers(1, 20)) {
      await stream.until({ requests: count, open: 1 })
      connection.reconnect()
    }
    expect((await stream.until({ requests: 21, open: 1 })).requests).toHaveLength(21)
    connection.close()
    expect((await stream.until({ open: 0 })).requests).toHaveLength(21)
  })
})

it('makes 1 request for 20 calls of close() and reconnect() in one task', async () => {
  const stream = await openStream({ body: [{ burst: { to: 3 } }] })
  const { connection, numbersSeen } = await listen(stream, { transport: fetchTransport() })
  for (const _ of numbers(1, 20)) {
    connection.close()
    connection.reconnect()
  }
  await numbersSeen.until((n) => n === 3)
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
})

it('leaves 1 request open after 20 calls of close() and reconnect(), each in a task', async () => {
  // Chromium drains an abandoned answer for up to 5 s, unless its connection cannot be reused.
  const headers = { Connection: 'close' }
  const stream = await openStream({ headers, body: [{ burst: { to: 3 } }] })
  const { connection, each, numbersSeen } = await listen(stream, { transport: fetchTransport() })
  for (const _ of numbers(1, 20)) {
    await aTask()
    connection.close()
    connection.reconnect()
  }
  await numbersSeen.until((n) => n === 3)
  await stream.until({ open: 1 })
  expect(each).toEqual([1, 2, 3])
})

it('ignores an answer that comes after close()', async () => {
  const stream = await openStream('stall', { body: [{ burst: { to: 3 } }] })
  const { connection, each, numbersSeen } = await listen(stream, { transport: fetchTransport() })
  await stream.until({ requests: 1 })
  connection.close()
  await stream.until({ open: 0 })
  connection.reconnect()
  await numbersSeen.until((n) => n === 3)
  expect(each).toEqual([1, 2, 3])
  expect((await stream.until({ open: 1 })).requests).toHaveLength(2)
})

/** Waits for a task: long enough for a request to start, too short for an answer. */
function aTask(): Promise<unknown> {
  const { port1, port2 } = new MessageChannel()
  port2.postMessage(null)
  return new Promise((resolve) => {
    port1.onmessage = resolve
  })
}

/** Follows a stream's numbers, one by one, until the end of the test. */
async function listen(
  { url }: TestStream,
  options: EventSourceOptions,
  onNumber?: (n: number) => void,
) {
  const each: number[] = []
  const numbersSeen = createLog<number>()
  const states = createLog<string>()
  const connection = createConnection(url, { linger: 0, ...options })
  const message = json<number>().forEach((n) => {
    each.push(n)
    onNumber?.(n)
    numbersSeen.add(n)
  })
  const observer = connection.observe({ message })
  onTestFinished(observer.subscribe(() => states.add(connection.getSnapshot().status)))
  return { connection, each, numbersSeen, states }
}
