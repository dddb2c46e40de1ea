import { useEventSource } from 'use-event-source'
import { type Connection, createConnection, json, text } from 'use-event-source/core'
import { workerTransport } from 'use-event-source/worker'
import { expect, it, onTestFinished } from 'vitest'
import type { Answer, ServerEvent } from '../../support/server/script.ts'
import { createLog, type Log } from '../support/createLog.ts'
import { numbers } from '../support/numbers.ts'
import { openStream } from '../support/openStream.ts'
import { expectNothingThrown } from '../fetch/support/expectNothingThrown.ts'
import { soon } from '../fetch/support/follow.tsx'
import { render } from '../support/render.tsx'
import { countWorkers } from './support/countWorkers.ts'

expectNothingThrown()

const COUNT = 20_000

it('makes the request in a worker, and none in the page', async () => {
  const { started, live } = countWorkers()
  const { connection, message, stream } = await follow({ body: [{ burst: { to: 3 } }] })
  await message.until((data) => data === '3')
  expect({ started: started(), live: live() }).toEqual({ started: 1, live: 1 })
  const asked = performance.getEntriesByType('resource').map(({ name }) => name)
  expect(asked).not.toContain(stream.url)
  connection.close()
  expect(live()).toBe(0)
})

it('delivers 20,000 events once and in order', async () => {
  const stream = await openStream({ body: [{ burst: { to: COUNT } }] })
  const each: number[] = []
  const done = createLog<number | undefined>()
  const transport = workerTransport()
  function App() {
    const { data } = useEventSource(
      stream.url,
      {
        message: json<number>(),
        each: json<number>()
          .from('message')
          .forEach((n) => each.push(n)),
      },
      { transport },
    )
    done.add(data.message)
    return null
  }
  await render(<App />)
  await done.until((n) => n === COUNT)
  expect(each).toEqual(numbers(1, COUNT))
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
})

it('keeps the order of events of several names, and their ids', async () => {
  const send: ServerEvent[] = numbers(1, 300).map((n) => ({
    ...(n % 3 > 0 && { event: n % 3 === 1 ? 'a' : 'b' }),
    ...(n % 2 > 0 && { id: String(n) }),
    data: String(n),
  }))
  const seen: string[] = []
  const end = createLog<string>()
  const { url } = await openStream({ body: [{ send }] })
  const connection = createConnection(url, { transport: workerTransport(), linger: 0 })
  const note = (name: string) =>
    text()
      .from(name)
      .forEach((data, { type, lastEventId }) => {
        seen.push(`${type} ${data} after ${lastEventId}`)
        end.add(data)
      })
  const channels = { message: note('message'), a: note('a'), b: note('b') }
  onTestFinished(connection.observe(channels).subscribe(() => {}))
  await end.until((data) => data === '300')
  expect(seen).toEqual(
    numbers(1, 300).map(
      (n) => `${['message', 'a', 'b'][n % 3]} ${n} after ${n % 2 > 0 ? n : n - 1}`,
    ),
  )
})

it('reports a decode error for each invalid JSON among valid data', async () => {
  const send = ['1', '[2,\n2]', '3,3', '"4"', '[5', '6]', '\n', '{"n":7}', '8'].map((data) => ({
    data,
  }))
  const { url } = await openStream({ body: [{ send }] })
  const values: unknown[] = []
  const wrong: unknown[] = []
  const end = createLog<unknown>()
  const connection = createConnection(url, {
    transport: workerTransport(),
    linger: 0,
    onError: ({ type, raw }) => wrong.push([type, raw]),
  })
  const message = json().forEach((value) => {
    values.push(value)
    end.add(value)
  })
  onTestFinished(connection.observe({ message }).subscribe(() => {}))
  await end.until((value) => value === 8)
  expect(values).toEqual([1, [2, 2], '4', { n: 7 }, 8])
  expect(wrong).toEqual(['3,3', '[5', '6]', '\n'].map((raw) => ['decode', raw]))
})

it('resumes after the last delivered event, in the middle of a chunk', async () => {
  const events = { body: [{ burst: { from: 'resume', to: 100 } }] } as const
  const { connection, message, stream } = await follow(events, (n) => {
    if (n === 42) connection.reconnect()
  })
  await message.until((data) => data === '100')
  expect(message.entries).toEqual(numbers(1, 100).map(String))
  const { requests } = await stream.log()
  expect(requests.map(({ lastEventId }) => lastEventId)).toEqual([null, '42'])
})

it('delivers 20,000 events once and in order to a busy page', async () => {
  const { message } = await follow({ body: [{ flood: { to: COUNT } }, 'end'] }, (n) => {
    // Blocks the page for several frames now and then.
    const end = n % 2_000 === 0 ? performance.now() + 100 : 0
    while (performance.now() < end);
  })
  await message.until((data) => data === String(COUNT))
  expect(message.entries).toEqual(numbers(1, COUNT).map(String))
})

/** Follows the messages of a stream through a worker. */
async function follow(answer: Answer, onNumber?: (n: number) => void) {
  const stream = await openStream(answer)
  const log: Log<string> = createLog()
  const connection: Connection = createConnection(stream.url, {
    transport: workerTransport(),
    retry: soon,
    linger: 0,
  })
  const message = text().forEach((data) => {
    log.add(data)
    onNumber?.(Number(data))
  })
  onTestFinished(connection.observe({ message }).subscribe(() => {}))
  return { connection, message: log, stream }
}
