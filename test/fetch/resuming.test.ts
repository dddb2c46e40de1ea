// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { type OpenedStream, openStream } from './support/openStream.ts'
import { settle } from './support/settle.ts'

const retry = { jitter: false, resetAfter: 0 }

describe('the next attempt', () => {
  it.each(['end', 'error'] as const)(
    'resumes after the last event if the stream had an %s',
    async (how) => {
      const stream = await openStream({}, { retry })
      expect(stream.server.latest().headers.has('Last-Event-ID')).toBe(false)
      await serve(stream, 'id: 1\ndata: a\n\nid: zwei €\ndata: b\n\n', how)
      const [first, second] = stream.server.requests
      expect(first?.phase).toBe(how === 'end' ? 'ended' : 'broken')
      expect(bytesOf(second?.headers)).toBe('zwei €')
    },
  )

  it('resumes after the lastEventId option until the stream has an id', async () => {
    const stream = await openStream({}, { retry, lastEventId: 'rendered' })
    expect(bytesOf(stream.server.latest().headers)).toBe('rendered')
    await serve(stream, 'data: a\n\n')
    expect(stream.events.map(({ lastEventId }) => lastEventId)).toEqual(['rendered'])
    expect(bytesOf(stream.server.latest().headers)).toBe('rendered')
    await serve(stream, 'id: 5\ndata: b\n\n')
    expect(bytesOf(stream.server.latest().headers)).toBe('5')
  })

  it('resumes after an id without an event, if its block is complete', async () => {
    const stream = await openStream({}, { retry })
    await serve(stream, 'id: 1\ndata: a\n\nid: 2\n\n')
    expect(bytesOf(stream.server.latest().headers)).toBe('2')
    await serve(stream, 'id: 3\n')
    expect(bytesOf(stream.server.latest().headers)).toBe('2')
  })

  it('does not resume after an incomplete event', async () => {
    const stream = await openStream({}, { retry })
    for (const cut of ['id: 2', 'id: 2\n', 'id: 2\ndata: b', 'id: 2\ndata: b\n']) {
      await serve(stream, `id: 1\ndata: a\n\n${cut}`)
      expect(bytesOf(stream.server.latest().headers)).toBe('1')
    }
    expect(stream.events.map(({ data }) => data)).toEqual(['a', 'a', 'a', 'a'])
  })

  it('resumes after an event without a subscriber', async () => {
    const stream = await openStream({}, { retry })
    await serve(stream, 'id: 1\nevent: other\ndata\n\n')
    expect(stream.events).toEqual([])
    expect(bytesOf(stream.server.latest().headers)).toBe('1')
  })

  it('sends no id after the server has cleared it', async () => {
    const stream = await openStream({}, { retry })
    await serve(stream, 'id: 1\ndata: a\n\nid\n\n')
    expect(stream.server.latest().headers.has('Last-Event-ID')).toBe(false)
    await serve(stream, 'id: 2\ndata: b\n\nid:\ndata: c\n\n')
    expect(stream.server.latest().headers.has('Last-Event-ID')).toBe(false)
  })

  it('keeps the id after a refusal', async () => {
    const stream = await openStream({}, { retry })
    await serve(stream, 'id: 1\ndata: a\n\n')
    stream.server.latest().respond(503, {})
    stream.server.latest().end()
    await settle()
    await stream.pass(2_000)
    expect(bytesOf(stream.server.latest().headers)).toBe('1')
  })
})

describe('a server that repeats the last event when a stream resumes', () => {
  const first = 'id: 1\ndata: a\n\nid: 2\ndata: b\n\n'
  const second = 'id: 2\ndata: b\n\nid: 3\ndata: c\n\n'

  it('delivers the event twice without dedupe', async () => {
    const stream = await openStream({}, { retry })
    await serve(stream, first)
    await serve(stream, second)
    expect(stream.events.map(({ data }) => data)).toEqual(['a', 'b', 'b', 'c'])
  })

  it('delivers the event once with dedupe, and resumes after it', async () => {
    const stream = await openStream({}, { retry, dedupe: 1 })
    await serve(stream, first)
    expect(bytesOf(stream.server.latest().headers)).toBe('2')
    await serve(stream, 'id: 2\ndata: b\n\n')
    expect(bytesOf(stream.server.latest().headers)).toBe('2')
    await serve(stream, second)
    expect(bytesOf(stream.server.latest().headers)).toBe('3')
    expect(stream.events.map(({ data }) => data)).toEqual(['a', 'b', 'c'])
  })

  it('delivers each event once if it repeats several', async () => {
    const stream = await openStream({}, { retry, dedupe: 3 })
    await serve(stream, `${first}id: 3\ndata: c\n\n`)
    await serve(stream, `${first}id: 3\ndata: c\n\nid: 4\ndata: d\n\n`)
    expect(stream.events.map(({ data }) => data)).toEqual(['a', 'b', 'c', 'd'])
  })
})

/** Answers with a stream that ends, and waits for the next attempt. */
async function serve(
  { server, pass }: OpenedStream,
  text: string,
  how: 'end' | 'error' = 'end',
): Promise<void> {
  server.latest().respond()
  server.latest().write(text)
  await settle()
  server.latest()[how]()
  await settle()
  const count = server.requests.length
  await pass(1_000)
  expect(server.requests).toHaveLength(count + 1)
}

function bytesOf(headers: Headers | undefined): string {
  return Buffer.from(headers?.get('Last-Event-ID') ?? '', 'latin1').toString('utf8')
}
