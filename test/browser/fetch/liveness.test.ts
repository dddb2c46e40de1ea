import {
  createConnection,
  type EventSourceOptions,
  nativeTransport,
  type Transport,
  type TransportSink,
} from 'use-event-source/core'
import { fetchTransport } from 'use-event-source/fetch'
import { expect, it, onTestFinished } from 'vitest'
import { type Clock, createClock } from '../../support/clock.ts'
import { createLog, type Log } from '../support/createLog.ts'
import { openStream, type TestStream } from '../support/openStream.ts'
import { expectNothingThrown } from './support/expectNothingThrown.ts'

const retry = { initialDelay: 1_000, factor: 1, jitter: false }

expectNothingThrown()

it('counts each byte as a sign of life, even in a comment', async () => {
  const stream = await openStream({})
  const { clock, signs, status } = await watch(stream, { heartbeat: 15_000 })
  await status.until((status) => status === 'open')
  // Most of these chunks do not end a line.
  for (const write of [':', ' still', ' here', '\n', ':']) {
    clock.advance(14_000)
    const count = signs.entries.length
    await stream.play({ write })
    await signs.until(() => signs.entries.length > count)
  }
  expect(status.entries).toEqual(['connecting', 'open'])
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
})

it('replaces a stream that is silent for longer than the heartbeat', async () => {
  const stream = await openStream({ body: [{ burst: { to: 3 } }] }, {})
  const { clock, connection, status } = await watch(stream, { heartbeat: 15_000 })
  await status.until((status) => status === 'open')
  clock.advance(15_000)
  expect(connection.getSnapshot()).toMatchObject({
    status: 'reconnecting',
    error: { type: 'timeout' },
  })
  clock.advance(1_000)
  await status.until((status) => status === 'open')
  expect(await stream.until({ requests: 2, open: 1 })).toMatchObject({ requests: [{}, {}] })
})

it.each([
  ['the fetch transport', fetchTransport()],
  ['the native transport', nativeTransport()],
])('%s ends an attempt whose headers never come, and another one follows', async (_, transport) => {
  const stream = await openStream('stall', {})
  const { clock, connection, status } = await watch(stream, { transport, connectTimeout: 60_000 })
  await stream.until({ requests: 1 })
  clock.advance(59_999)
  expect(connection.getSnapshot().status).toBe('connecting')
  clock.advance(1)
  expect(connection.getSnapshot()).toMatchObject({
    status: 'reconnecting',
    attempt: 1,
    error: { type: 'timeout' },
  })
  await stream.until({ open: 0 })
  clock.advance(1_000)
  await status.until((status) => status === 'open')
  expect(await stream.until({ open: 1 })).toMatchObject({ requests: [{}, {}] })
})

it('applies the connect timeout to a refusal whose body never ends', async () => {
  const body = [{ write: '{' }]
  const stream = await openStream(
    { status: 500, headers: { 'Content-Type': 'application/json' }, body },
    {},
  )
  const { clock, connection, status } = await watch(stream, { connectTimeout: 100 })
  await stream.until({ requests: 1 })
  clock.advance(100)
  expect(connection.getSnapshot()).toMatchObject({ error: { type: 'timeout' } })
  await stream.until({ open: 0 })
  clock.advance(1_000)
  await status.until((status) => status === 'open')
})

/** Opens a connection with a clock of its own and the browser's fetch. */
async function watch(
  { url }: TestStream,
  options?: EventSourceOptions,
): Promise<{
  clock: Clock
  connection: ReturnType<typeof createConnection>
  status: Log<string>
  signs: Log<'alive'>
}> {
  const clock = createClock()
  const signs = createLog<'alive'>()
  const transport = noting(signs)
  const connection = createConnection(url, { transport, retry, linger: 0, ...options }, clock)
  const status = createLog<string>()
  const unsubscribe = connection.subscribe(() => status.add(connection.getSnapshot().status))
  status.add('connecting')
  onTestFinished(unsubscribe)
  return { clock, connection, status, signs }
}

/** Returns a fetch transport that also logs each batch as a sign of life. */
function noting(signs: Log<'alive'>): Transport {
  const transport = fetchTransport()
  const note = (sink: TransportSink): TransportSink => ({
    ...sink,
    batch(dispatch) {
      sink.batch(dispatch)
      signs.add('alive')
    },
  })
  return { ...transport, open: (request, sink) => transport.open(request, note(sink)) }
}
