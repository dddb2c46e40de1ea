// @vitest-environment node
import { EventSourceError } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { readEvents } from '../../src/fetch/readEvents.ts'
import { createSinkLog } from './support/createSinkLog.ts'
import { cutAt, encode, streamOf } from './support/streamOf.ts'

const ORIGIN = 'https://example.com'

describe('an event', () => {
  it('has a type, data, the last event id and the origin', async () => {
    expect(await read('event: tick\nid: 7\ndata: 1\n\n')).toEqual([
      ['event', { type: 'tick', data: '1', lastEventId: '7', origin: ORIGIN }],
    ])
  })

  it('is called "message" where it has no name', async () => {
    expect(
      await types('data\n\nevent\ndata\n\nevent: \ndata\n\nevent: x\nevent:\ndata\n\n'),
    ).toEqual(Array.from({ length: 4 }, () => 'message'))
  })

  it('keeps its name to itself', async () => {
    expect(await types('event: tick\ndata\n\ndata\n\nevent: tick\n\ndata\n\n')).toEqual([
      'tick',
      'message',
      'message',
    ])
  })

  it('has the last event id of the one before where it has none of its own', async () => {
    expect(await ids('data\n\nid: 8\ndata\n\ndata\n\nid: 9\ndata\n\n', '7')).toEqual([
      '7',
      '8',
      '8',
      '9',
    ])
  })

  it('is none without data, but its id counts from then on', async () => {
    expect(await read('id: 8\n\nevent: tick\nid: 9\n\ndata: 1\n\n')).toEqual([
      ['event', { type: 'message', data: '1', lastEventId: '9', origin: ORIGIN }],
    ])
    expect(await read('id: 8\n\ndata: 1\n\nid: 9\n\n')).toMatchObject([
      ['event', { lastEventId: '8' }],
      ['id', '9'],
    ])
    expect(await read('id: 8\n\nevent: tick\nid: 9\n\n')).toEqual([['id', '9']])
    expect(await read('id: 8\n\n', 'id: 8\n\n', ':\n')).toEqual([['id', '8']])
  })

  it('is of the last id in its block', async () => {
    expect(await ids('id: 1\nid: 2\ndata\n\n')).toEqual(['2'])
  })

  it('has no id where the server takes it back', async () => {
    expect(await read('id: 1\ndata\n\nid\n\ndata\n\nid: 2\n\nid:\ndata\n\n')).toMatchObject([
      ['event', { lastEventId: '1' }],
      // Before the event, which could not say so.
      ['id', ''],
      ['event', { lastEventId: '' }],
      ['event', { lastEventId: '' }],
    ])
    expect(await read('id: 1\n\n', 'id\n\ndata\n\n')).toMatchObject([
      ['id', '1'],
      ['id', ''],
      ['event', { lastEventId: '' }],
    ])
  })

  it('has any characters in its id but NUL, which makes it ignored', async () => {
    expect(await ids('id: ß€😀\ndata\n\nid: a\0b\ndata\n\nid: \0\ndata\n\n')).toEqual([
      'ß€😀',
      'ß€😀',
      'ß€😀',
    ])
  })

  it('may have an id of 64 KB and a name of 1 MB', async () => {
    const [id, name] = ['i'.repeat(2 ** 16), 'n'.repeat(2 ** 20)]
    const text = `id: ${id}\nevent: ${name}\ndata: 1\n\n`
    const cuts = Array.from({ length: 16 }, (_, index) => index * 65_537 + 1)
    for (const pieces of [[text], cutAt(encode(text), cuts)]) {
      const [event] = (await told(pieces)).map(([, argument]) => argument)
      expect(event).toEqual({ type: name, data: '1', lastEventId: id, origin: ORIGIN })
    }
  })
})

describe('data', () => {
  it.each([
    ['data: x\n\n', 'x'],
    ['data:x\n\n', 'x'],
    ['data:  x \n\n', ' x '],
    ['data:\tx\n\n', '\tx'],
    ['data\n\n', ''],
    ['data:\n\n', ''],
    ['data\ndata\n\n', '\n'],
    ['data: a\ndata:\ndata: b\n\n', 'a\n\nb'],
    ['data: a: b\n\n', 'a: b'],
    ['data: a\n: comment\nunknown: field\nunknown\nretry: x\ndata: b\n\n', 'a\nb'],
    ['data: \u2028\u2029\u0085\v\f\n\n', '\u2028\u2029\u0085\v\f'],
    ['data: a\0b\n\n', 'a\0b'],
    ['data: 😀\n\n', '😀'],
  ])('of %j is %j', async (text, data) => {
    expect(await dataOf(text)).toEqual([data])
  })

  it.each(['Data: x\n\n', ' data: x\n\n', 'dat: x\n\n', 'datas: x\n\n', ': data: x\n\n', '\n\n\n'])(
    'of %j is none',
    async (text) => {
      expect(await dataOf(text)).toEqual([])
    },
  )
})

describe('the bytes', () => {
  const text = ': hello\n\nid: 1\nevent: ü\ndata: a€\ndata\n\nid: 2\n\ndata: 😀\n\ndata: cut'
  const expected = [
    ['event', { type: 'ü', data: 'a€\n', lastEventId: '1', origin: ORIGIN }],
    ['event', { type: 'message', data: '😀', lastEventId: '2', origin: ORIGIN }],
  ]

  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('have lines that end in %s, and may be cut anywhere', async (_, ending) => {
    const bytes = encode(text.replaceAll('\n', ending))
    for (let at = 0; at <= bytes.length; at++)
      expect(withoutRepeatedIds(await told(cutAt(bytes, [at])))).toEqual(expected)
    const bytewise = Array.from(bytes, (byte) => Uint8Array.of(byte))
    expect(withoutRepeatedIds(await told(bytewise))).toEqual(expected)
  })

  it('may have lines that end in each of the three', async () => {
    const bytes = encode('data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\rdata: e\r\n\n')
    for (let at = 0; at <= bytes.length; at++)
      expect(await dataOf(...cutAt(bytes, [at]))).toEqual(['a\nb\nc', 'd', 'e'])
  })

  it('may begin with one byte order mark, which may be cut as well', async () => {
    for (const cuts of [[], [1], [2], [3], [1, 2, 3]])
      expect(await dataOf(...cutAt(encode('\uFEFFdata: x\n\n'), cuts))).toEqual(['x'])
    expect(await dataOf('\uFEFF\uFEFFdata: x\n\ndata: y\n\n')).toEqual(['y'])
    expect(await dataOf('data: x\n\n\uFEFFdata: y\n\n')).toEqual(['x'])
    expect(await dataOf('data: \uFEFFx\n\n')).toEqual(['\uFEFFx'])
    // A mark that was read as Latin-1 and written as UTF-8 is three letters, and no mark.
    expect(await dataOf('\u00EF\u00BB\u00BFdata: x\n\ndata: y\n\n')).toEqual(['y'])
    expect(await dataOf('\uFEFF\u00EF\u00BB\u00BFdata: x\n\ndata: y\n\n')).toEqual(['y'])
  })

  it('that are no UTF-8 spoil their own event alone', async () => {
    const bad = Uint8Array.of(...encode('data: '), 0xc3, 0x28, 0xff, ...encode('\n\ndata: b\n\n'))
    expect(await dataOf('data: a\n\n', bad)).toEqual(['a', '\uFFFD(\uFFFD', 'b'])
  })

  it('are each piece a sign of life, told with what is in it', async () => {
    const { calls } = await readAll([':', '\n', 'data: x\n\n', 'id: 1\n\n'], '')
    const names = calls.map(([name]) => name)
    expect(names).toEqual(['alive', 'alive', 'alive', 'event', 'alive', 'id', 'done'])
  })

  it('are told piece by piece', async () => {
    const { sink } = createSinkLog()
    const batches: string[][] = []
    const listening: typeof sink = {
      ...sink,
      batch(tell) {
        batches.push([])
        tell()
      },
      event: ({ data }) => void batches.at(-1)?.push(data),
    }
    const { signal } = new AbortController()
    const body = streamOf('data: 1\n\nretry: 1\ndata: 2\n\nda', 'ta: 3\n\n', ':\n')
    await readEvents(body, signal, listening, ORIGIN, '', 100)
    expect(batches).toEqual([['1', '2'], ['3'], []])
  })

  it('may hold a hundred thousand comments between two events', async () => {
    const comments = ': still here\n'.repeat(100_000)
    expect(await dataOf('data: a\n\n', comments, 'data: b\n\n')).toEqual(['a', 'b'])
  })
})

describe('retry', () => {
  it.each([
    ['50', 50],
    ['0', 0],
    ['007', 7],
    ['99999999999', 99_999_999_999],
  ])('%s is told at once, without the end of the block', async (value, delay) => {
    expect(await read(`retry: ${value}\n`)).toEqual([['retry', delay]])
  })

  it.each(['', '-1', '1.5', '1e3', '0x10', ' 5', '5 ', 'soon', '٣'])(
    '%j is ignored',
    async (value) => {
      expect(await read(`retry: ${value}\n\n`)).toEqual([])
    },
  )
})

describe('the end', () => {
  it('is told, as a loss of the network', async () => {
    const { calls } = await readAll(['data: x\n\n'], '')
    const [name, error] = calls.at(-1) ?? []
    expect(name).toBe('done')
    expect(error).toBeInstanceOf(EventSourceError)
    expect(error).toMatchObject({ type: 'network', message: 'The stream has ended' })
  })

  it('is told of an empty body too', async () => {
    expect((await readAll([], '')).calls).toMatchObject([['done', { type: 'network' }]])
  })

  // [spec] 9.2.6: once the end of the file is reached, any pending data must be discarded.
  it.each([
    'id: 2\ndata: x',
    'id: 2\ndata: x\n',
    'id: 2\n',
    'id: 2',
    'id: 2\r',
    'data: x\nid: 2\r\n',
  ])('drops %j, which has no blank line, and its id', async (text) => {
    expect(await read(`id: 1\ndata: a\n\n${text}`)).toMatchObject([
      ['event', { data: 'a', lastEventId: '1' }],
    ])
  })

  it('drops a line that does not end', async () => {
    expect(await read('retry: 50')).toEqual([])
    expect(await read('retry: 50\nretry: 60')).toEqual([['retry', 50]])
  })

  it('does not wait for a line feed after a carriage return', async () => {
    expect(await dataOf('data: x\r\r')).toEqual(['x'])
    expect(await dataOf('data: x\r\n\r')).toEqual(['x'])
  })

  it('drops a character that is cut', async () => {
    expect(await dataOf('data: x\n\n', Uint8Array.of(0xf0, 0x9f))).toEqual(['x'])
  })

  it('rejects where the body breaks off', async () => {
    const broken = new TypeError('terminated')
    const { calls, sink } = createSinkLog()
    const body = new ReadableStream<Uint8Array>({ start: (own) => own.error(broken) })
    const { signal } = new AbortController()
    await expect(readEvents(body, signal, sink, ORIGIN, '', 100)).rejects.toBe(broken)
    expect(calls).toEqual([])
  })
})

describe('an event that is too long', () => {
  it.each([
    ['line', [`data: ${'x'.repeat(50)}`, 'x'.repeat(50)]],
    ['number of lines', Array.from({ length: 12 }, () => 'data: x12345678\n')],
    ['name', [`event: ${'x'.repeat(60)}`, 'x'.repeat(60)]],
    ['id', [`id: ${'x'.repeat(60)}`, 'x'.repeat(60)]],
    ['retry', [`retry: ${'1'.repeat(60)}`, '1'.repeat(60)]],
  ])('is an overflow: its %s', async (_, pieces) => {
    const { calls } = await readOverflow(['data: before\n\n', ...pieces])
    expect(calls.map(([name]) => name)).toEqual(['event', 'fail'])
    const [, error, final] = calls.at(-1) ?? []
    expect(error).toBeInstanceOf(EventSourceError)
    expect(error).toMatchObject({
      type: 'overflow',
      message: 'An event is longer than 100 characters: see maxBufferSize',
      cause: { type: 'max-buffer-size-exceeded' },
    })
    expect(final).toBeUndefined()
  })

  it('comes after the events before it in its piece', async () => {
    const { calls } = await readOverflow([`data: 1\n\ndata: 2\n\ndata: ${'x'.repeat(200)}`])
    expect(calls.map(([name]) => name)).toEqual(['event', 'event', 'fail'])
  })

  it('is none up to the limit', async () => {
    const { signal } = new AbortController()
    const { told, sink } = createSinkLog()
    const body = streamOf(`data: ${'x'.repeat(94)}`, '\n\n', 'data: 2\n\n')
    await readEvents(body, signal, sink, ORIGIN, '', 100)
    expect(told().map(([name]) => name)).toEqual(['event', 'event', 'done'])
  })

  it('counts neither comments, nor fields that are ignored, nor the events before it', async () => {
    const { signal } = new AbortController()
    const { told, sink } = createSinkLog()
    const body = streamOf(
      ': ',
      ...Array.from({ length: 20 }, () => 'x'.repeat(60)),
      '\nunknown: ',
      ...Array.from({ length: 20 }, () => 'x'.repeat(60)),
      '\n',
      ...Array.from({ length: 20 }, () => 'data: 0123456789\n\n'),
    )
    await readEvents(body, signal, sink, ORIGIN, '', 100)
    expect(told()).toHaveLength(21)
  })
})

/** What the sink was told of a stream, without the signs of life and the end. */
async function told(pieces: readonly (string | Uint8Array)[], lastEventId = '') {
  return (await readAll(pieces, lastEventId)).told().slice(0, -1)
}

function read(...pieces: string[]) {
  return told(pieces)
}

/** Leaves out the ids that the next event says as well. */
function withoutRepeatedIds(calls: Awaited<ReturnType<typeof told>>) {
  return calls.filter(([name], index) => name !== 'id' || calls[index + 1]?.[0] !== 'event')
}

async function readAll(pieces: readonly (string | Uint8Array)[], lastEventId: string) {
  const log = createSinkLog()
  const { signal } = new AbortController()
  await readEvents(streamOf(...pieces), signal, log.sink, ORIGIN, lastEventId, 2 ** 24)
  expect(log.calls.at(-1)?.[0]).toBe('done')
  return log
}

async function eventsOf(pieces: readonly (string | Uint8Array)[], lastEventId = '') {
  const calls = await told(pieces, lastEventId)
  return calls.flatMap((call) => (call[0] === 'event' ? [call[1]] : []))
}

async function types(text: string): Promise<string[]> {
  return (await eventsOf([text])).map(({ type }) => type)
}

async function ids(text: string, lastEventId = ''): Promise<string[]> {
  return (await eventsOf([text], lastEventId)).map((event) => event.lastEventId)
}

async function dataOf(...pieces: (string | Uint8Array)[]): Promise<string[]> {
  return (await eventsOf(pieces)).map(({ data }) => data)
}

/** Reads until the sink is told of a failure, and closes then, as a connection does. */
async function readOverflow(pieces: readonly string[]) {
  const abort = new AbortController()
  const log = createSinkLog()
  const fail: typeof log.sink.fail = (...args) => {
    log.sink.fail(...args)
    abort.abort()
  }
  const sink = { ...log.sink, fail }
  await readEvents(streamOf(...pieces, 'data: after\n\n'), abort.signal, sink, ORIGIN, '', 100)
  const last = log.calls.findIndex(([name]) => name === 'fail')
  return { calls: log.calls.slice(0, last + 1).filter(([name]) => name !== 'alive') }
}
