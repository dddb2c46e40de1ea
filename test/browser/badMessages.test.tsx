import { EventSourceError, json, text } from 'use-event-source'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createLog, type Log } from './support/createLog.ts'
import { openStream, type TestStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

const note = { note: json<{ text: string }>() }
const price = { price: json(z.object({ amount: z.number() })) }
const others = { note: text(), price: text() }

const onError = vi.fn<(error: EventSourceError) => void>()
let stream: TestStream
let notes: Log<Seen<typeof note>>
let prices: Log<Seen<typeof price>>
let texts: Log<Seen<typeof others>>

beforeEach(async () => {
  onError.mockClear()
  notes = createLog()
  prices = createLog()
  texts = createLog()
  stream = await openStream({
    body: [
      { send: { event: 'note', data: '{"text":"first"}' } },
      { send: { event: 'price', data: '{"amount":1}' } },
    ],
  })
  const { url } = stream
  await render(
    <>
      <Probe url={url} events={note} options={{ onError }} log={notes} />
      <Probe url={url} events={price} log={prices} />
      <Probe url={url} events={others} log={texts} />
    </>,
  )
  await notes.until(({ data }) => data.note?.text === 'first')
  await prices.until(({ data }) => data.price?.amount === 1)
})

afterEach(async () => {
  // No bad message ends the connection.
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
})

it('keeps the value and reports the raw data of an event that is not JSON, until the next good one', async () => {
  await stream.play({ send: { event: 'note', data: '{"text":' } })
  const { data, status, error } = await notes.until(({ error }) => error !== null)
  expect({ data, status }).toEqual({ data: { note: { text: 'first' } }, status: 'open' })
  expect(error).toBeInstanceOf(EventSourceError)
  expect(error).toMatchObject({ type: 'decode', event: 'note', raw: '{"text":' })
  expect(error?.cause).toBeInstanceOf(SyntaxError)
  expect(onError.mock.calls).toEqual([[error]])
  await texts.until(({ data }) => data.note === '{"text":')
  expect(texts.latest.error).toBe(null)
  expect(prices.latest.error).toBe(null)

  await stream.play({ send: { event: 'note', data: '{"text":"second"}' } })
  await notes.until(({ data }) => data.note?.text === 'second')
  expect(notes.latest.error).toBe(null)
})

it('keeps the value and reports the raw data of an event that does not match its schema', async () => {
  await stream.play({ send: { event: 'price', data: '{"amount":"a lot"}' } })
  const { data, status, error } = await prices.until(({ error }) => error !== null)
  expect({ data, status }).toEqual({ data: { price: { amount: 1 } }, status: 'open' })
  expect(error).toMatchObject({ type: 'validation', event: 'price', raw: '{"amount":"a lot"}' })
  expect(error?.cause).toMatchObject([{ path: ['amount'] }])
  await texts.until(({ data }) => data.price === '{"amount":"a lot"}')
  expect(texts.latest.error).toBe(null)
  expect(notes.latest.error).toBe(null)

  await stream.play({ send: { event: 'price', data: '{"amount":2}' } })
  await prices.until(({ data }) => data.price?.amount === 2)
  expect(prices.latest.error).toBe(null)
})

it('reports the exception of a handler to window.onerror, and calls all other handlers', async () => {
  const exception = new Error('a mistake in a handler')
  const reported: unknown[] = []
  const report = (event: ErrorEvent): void => {
    event.preventDefault()
    reported.push(event.error)
  }
  const served: string[] = []
  const throws = json<{ text: string }>()
    .from('note')
    .forEach(() => {
      throw exception
    })
  const serves = json<{ text: string }>()
    .from('note')
    .forEach(({ text }) => served.push(text))
  await render(<Probe url={stream.url} events={{ throws, serves }} />)
  window.addEventListener('error', report)
  try {
    const send = ['second', 'third'].map((text) => ({
      event: 'note',
      data: JSON.stringify({ text }),
    }))
    await stream.play({ send })
    await notes.until(({ data }) => data.note?.text === 'third')
  } finally {
    window.removeEventListener('error', report)
  }
  expect(reported).toEqual([exception, exception])
  expect(served).toEqual(['second', 'third'])
  expect(notes.latest).toMatchObject({ status: 'open', error: null })
  expect(onError).not.toHaveBeenCalled()
})
