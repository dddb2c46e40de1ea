// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { openStream } from './support/openStream.ts'
import { settle } from './support/settle.ts'

const body = 'What is 日本?'
const until = ({ data }: { data: string }): boolean => data === '[DONE]'
const retry = { jitter: false }

describe('an answer to a POST', () => {
  it.each(['data: a\n\ndata: b', 'data: a\n\ndata: b\n', 'data: a\n\nid: 1\n', 'data: a\n\nda'])(
    'that ends as %j is cut off, and not done',
    async (text) => {
      const stream = await openStream({ body })
      await answer(stream, text)
      const error = { type: 'network', message: 'The stream ended inside an event' }
      expect(stream.connection.getSnapshot()).toMatchObject({
        status: 'closed',
        reason: 'failed',
        error,
      })
      expect(stream.errors).toMatchObject([error])
      expect(dataOf(stream)).toEqual(['a'])
      expect(stream.server.requests).toHaveLength(1)
    },
  )

  it('that ends after a whole event or a comment is done', async () => {
    for (const end of ['', '\n', ':', ': bye\n']) {
      const stream = await openStream({ body })
      await answer(stream, `data: a\n\ndata: b\n\n${end}`)
      expect(stream.connection.getSnapshot()).toMatchObject({ reason: 'done', error: null })
      expect(dataOf(stream)).toEqual(['a', 'b'])
    }
  })

  it('whose [DONE] has no empty line is cut off by the standard, and asked for again', async () => {
    const stream = await openStream({ body }, { until, retry })
    await answer(stream, 'data: a\n\ndata: [DONE]\n')
    expect(stream.connection.getSnapshot()).toMatchObject({ status: 'reconnecting' })
    await stream.pass(1_000)
    expect(stream.server.requests).toHaveLength(2)
  })

  it.each(['data: [DONE]\n', 'data: [DONE]', 'data: [DONE]\r\n'])(
    'that ends with %j is done with dispatchIncomplete, and is not asked for again',
    async (end) => {
      const stream = await openStream({ body, dispatchIncomplete: true }, { until, retry })
      await answer(stream, `data: a\n\n${end}`)
      expect(stream.connection.getSnapshot()).toMatchObject({ reason: 'done', error: null })
      await stream.pass(60_000)
      expect(dataOf(stream)).toEqual(['a'])
      expect(stream.errors).toEqual([])
      expect(stream.server.requests).toHaveLength(1)
    },
  )

  it('that breaks off is cut off with dispatchIncomplete too, and its last part is dropped', async () => {
    const stream = await openStream({ body, dispatchIncomplete: true })
    await answer(stream, 'data: a\n\ndata: b\n', 'error')
    expect(stream.connection.getSnapshot()).toMatchObject({ reason: 'failed' })
    expect(dataOf(stream)).toEqual(['a'])
  })

  it('delivers nothing after close() with dispatchIncomplete', async () => {
    const stream = await openStream({ body, dispatchIncomplete: true }, {}, { ignoresSignal: true })
    stream.server.latest().respond()
    stream.server.latest().write('data: a\n\ndata: b\n')
    await settle()
    stream.connection.close()
    await settle()
    expect(dataOf(stream)).toEqual(['a'])
    expect(stream.server.latest().phase).toBe('cancelled')
  })
})

it('a GET stream that ends inside an event resumes after the event before', async () => {
  const stream = await openStream({}, { retry })
  await answer(stream, 'id: 1\ndata: a\n\nid: 2\ndata: b')
  expect(stream.errors).toMatchObject([{ message: 'The stream ended inside an event' }])
  await stream.pass(1_000)
  expect(stream.server.latest().headers.get('Last-Event-ID')).toBe('1')
})

it('a GET stream with dispatchIncomplete resumes after the incomplete event', async () => {
  const stream = await openStream({ dispatchIncomplete: true }, { retry })
  await answer(stream, 'id: 1\ndata: a\n\nid: 2\ndata: b')
  expect(dataOf(stream)).toEqual(['a', 'b'])
  await stream.pass(1_000)
  expect(stream.server.latest().headers.get('Last-Event-ID')).toBe('2')
})

type Stream = Awaited<ReturnType<typeof openStream>>

async function answer({ server }: Stream, text: string, how: 'end' | 'error' = 'end') {
  server.latest().respond()
  server.latest().write(text)
  await settle()
  server.latest()[how]()
  await settle()
}

function dataOf({ events }: Stream): string[] {
  return events.map(({ data }) => data)
}
