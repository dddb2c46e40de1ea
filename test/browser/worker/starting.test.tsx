import { createConnection, text } from 'use-event-source/core'
import { workerTransport, type WorkerTransportOptions } from 'use-event-source/worker'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectNothingThrown } from '../fetch/support/expectNothingThrown.ts'
import { createLog } from '../support/createLog.ts'
import { openStream } from '../support/openStream.ts'
import { countWorkers } from './support/countWorkers.ts'

expectNothingThrown()

describe('makes one request in the page', () => {
  it.each<[string, () => Worker]>([
    ['the worker file does not exist', () => new Worker('/no/such/file.js')],
    ['the worker file is not JavaScript', () => new Worker(fileOf('this is no JavaScript'))],
    ['the worker file throws', () => new Worker(fileOf('throw new Error("no")'))],
    ['the worker url has another origin', () => new Worker('https://example.com/worker.js')],
  ])('when %s', async (_, worker) => {
    const { live } = countWorkers()
    const { message, stream } = await follow({ worker })
    await message.until((data) => data === '3')
    expect(message.entries).toEqual(['1', '2', '3'])
    expect((await stream.log()).requests).toHaveLength(1)
    expect(live()).toBe(0)
  })
})

it('ends the request with the connection', async () => {
  const { live } = countWorkers()
  const { connection, message, stream } = await follow()
  await message.until((data) => data === '3')
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
  connection.close()
  expect(live()).toBe(0)
  await stream.until({ open: 0 })
})

it('starts one worker for each attempt, and ends it with the attempt', async () => {
  const { started, live } = countWorkers()
  const { connection, message, stream } = await follow()
  await message.until((data) => data === '3')
  connection.reconnect()
  expect({ started: started(), live: live() }).toEqual({ started: 2, live: 1 })
  await message.until((data) => data === '3')
  await stream.until({ requests: 2, open: 1 })
  await stream.answer(204)
  await stream.play('end')
  await stream.until({ requests: 3, open: 0 })
})

it('makes no request when it is closed at once', async () => {
  const { live } = countWorkers()
  const closed = await follow()
  closed.connection.close()
  expect(live()).toBe(0)
  // A second connection has read its stream, so the first would have made its request too.
  const { message } = await follow()
  await message.until((data) => data === '3')
  expect((await closed.stream.log()).requests).toHaveLength(0)
})

function fileOf(code: string): string {
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
  onTestFinished(() => URL.revokeObjectURL(url))
  return url
}

async function follow(options?: WorkerTransportOptions) {
  const stream = await openStream({ body: [{ burst: { to: 3 } }] })
  const log = createLog<string>()
  const connection = createConnection(stream.url, {
    transport: workerTransport(options),
    retry: { initialDelay: 5, factor: 1, jitter: false },
    linger: 0,
  })
  const message = text().forEach((data) => log.add(data))
  onTestFinished(connection.observe({ message }).subscribe(() => {}))
  return { connection, message: log, stream }
}
