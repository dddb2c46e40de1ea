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
      ['event', { type: 'tick', data: '1', lastEventId: '7', origin: ORIGIN, hasId: true }],
    ])
  })

  it('has an id of its own if its block has an id field that is not ignored', async () => {
    const text =
      'data\n\nid: 8\ndata\n\ndata\n\nid: 8\ndata\n\nid\ndata\n\nid: \0\ndata\n\nid: 9\n\ndata\n\n'
    expect((await eventsOf([text], '7')).map(({ hasId }) => hasId)).toEqual([
      false,
      true,
      false,
      true,
      true,
      false,
      false,
    ])
  })

  it('is called "message" if it has no name', async () => {
    expect(
      await types('data\n\nevent\ndata\n\nevent: \ndata\n\nevent: x\nevent:\ndata\n\n'),
    ).toEqual(Array.from({ length: 4 }, () => 'message'))
  })

  it('does not pass its name on to later events', async () => {
    expect(await types('event: tick\ndata\n\ndata\n\nevent: tick\n\ndata\n\n')).toEqual([
      'tick',
      'message',
      'message',
    ])
  })

  it('without an id has the id of the event before', async () => {
    expect(await ids('data\n\nid: 8\ndata\n\ndata\n\nid: 9\ndata\n\n', '7')).toEqual([
      '7',
      '8',
      '8',
      '9',
    ])
  })

  it('without data is not dispatched, but its id counts from then on', async () => {
    expect(await read('id: 8\n\nevent: tick\nid: 9\n\ndata: 1\n\n')).toEqual([
      ['event', { type: 'message', data: '1', lastEventId: '9', origin: ORIGIN, hasId: false }],
    ])
    expect(await read('id: 8\n\ndata: 1\n\nid: 9\n\n')).toMatchObject([
      ['event', { lastEventId: '8' }],
      ['id', '9'],
    ])
    expect(await read('id: 8\n\nevent: tick\nid: 9\n\n')).toEqual([['id', '9']])
    expect(await read('id: 8\n\n', 'id: 8\n\n', ':\n')).toEqual([['id', '8']])
  })

  it('has the last id of its block', async () => {
    expect(await ids('id: 1\nid: 2\ndata\n\n')).toEqual(['2'])
  })

  it('has no id after the server has cleared it', async () => {
    expect(await read('id: 1\ndata\n\nid\n\ndata\n\nid: 2\n\nid:\ndata\n\n')).toMatchObject([
      ['event', { lastEventId: '1' }],
      // Reported before the event, which could not report it.
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

  it('can have any character in its id except NUL, with which the id is ignored', async () => {
    expect(await ids('id: ß€😀\ndata\n\nid: a\0b\ndata\n\nid: \0\ndata\n\n')).toEqual([
      'ß€😀',
      'ß€😀',
      'ß€😀',
    ])
  })

  it('can have an id of 64 KB and a name of 1 MB', async () => {
    const [id, name] = ['i'.repeat(2 ** 16), 'n'.repeat(2 ** 20)]
    const text = `id: ${id}\nevent: ${name}\ndata: 1\n\n`
    const cuts = Array.from({ length: 16 }, (_, index) => index * 65_537 + 1)
    for (const chunks of [[text], cutAt(encode(text), cuts)]) {
      const [event] = (await callsOf(chunks)).map(([, argument]) => argument)
      expect(event).toMatchObject({ type: name, data: '1', lastEventId: id, origin: ORIGIN })
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
    'of %j does not make an event',
    async (text) => {
      expect(await dataOf(text)).toEqual([])
    },
  )
})

describe('the bytes', () => {
  const text = ': hello\n\nid: 1\nevent: ü\ndata: a€\ndata\n\nid: 2\n\ndata: 😀\n\ndata: cut'
  const expected = [
    ['event', { type: 'ü', data: 'a€\n', lastEventId: '1', origin: ORIGIN, hasId: true }],
    ['event', { type: 'message', data: '😀', lastEventId: '2', origin: ORIGIN, hasId: false }],
  ]

  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('can be cut anywhere in lines that end in %s', async (_, ending) => {
    const bytes = encode(text.replaceAll('\n', ending))
    for (let at = 0; at <= bytes.length; at++)
      expect(withoutRepeatedIds(await callsOf(cutAt(bytes, [at])))).toEqual(expected)
    const bytewise = Array.from(bytes, (byte) => Uint8Array.of(byte))
    expect(withoutRepeatedIds(await callsOf(bytewise))).toEqual(expected)
  })

  it('can mix all three line endings', async () => {
    const bytes = encode('data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\rdata: e\r\n\n')
    for (let at = 0; at <= bytes.length; at++)
      expect(await dataOf(...cutAt(bytes, [at]))).toEqual(['a\nb\nc', 'd', 'e'])
  })

  it('can begin with one byte order mark, itself cut anywhere', async () => {
    for (const cuts of [[], [1], [2], [3], [1, 2, 3]])
      expect(await dataOf(...cutAt(encode('\uFEFFdata: x\n\n'), cuts))).toEqual(['x'])
    expect(await dataOf('\uFEFF\uFEFFdata: x\n\ndata: y\n\n')).toEqual(['y'])
    expect(await dataOf('data: x\n\n\uFEFFdata: y\n\n')).toEqual(['x'])
    expect(await dataOf('data: \uFEFFx\n\n')).toEqual(['\uFEFFx'])
    // A mark that was decoded as Latin-1 and encoded as UTF-8 is three letters, not a mark.
    expect(await dataOf('\u00EF\u00BB\u00BFdata: x\n\ndata: y\n\n')).toEqual(['y'])
    expect(await dataOf('\uFEFF\u00EF\u00BB\u00BFdata: x\n\ndata: y\n\n')).toEqual(['y'])
  })

  it('that are not UTF-8 damage only their own event', async () => {
    const bad = Uint8Array.of(...encode('data: '), 0xc3, 0x28, 0xff, ...encode('\n\ndata: b\n\n'))
    expect(await dataOf('data: a\n\n', bad)).toEqual(['a', '\uFFFD(\uFFFD', 'b'])
  })

  it('count as activity in each chunk, along with its events and ids', async () => {
    const { calls } = await readAll([':', '\n', 'data: x\n\n', 'id: 1\n\n'], '')
    const names = calls.map(([name]) => name)
    expect(names).toEqual(['alive', 'alive', 'alive', 'event', 'alive', 'id', 'end'])
  })

  it('are reported in one batch for each chunk', async () => {
    const { sink } = createSinkLog()
    const batches: string[][] = []
    const batchingSink: typeof sink = {
      ...sink,
      batch(dispatch) {
        batches.push([])
        dispatch()
      },
      event: ({ data }) => void batches.at(-1)?.push(data),
    }
    const { signal } = new AbortController()
    const body = streamOf('data: 1\n\nretry: 1\ndata: 2\n\nda', 'ta: 3\n\n', ':\n')
    await readEvents(body, signal, batchingSink, ORIGIN, '', 100)
    expect(batches).toEqual([['1', '2'], ['3'], []])
  })

  it('can contain a hundred thousand comments between two events', async () => {
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
  ])('%s is reported at once, before the end of the block', async (value, delay) => {
    expect(await read(`retry: ${value}\n`)).toEqual([['retry', delay]])
  })

  it.each(['', '-1', '1.5', '1e3', '0x10', ' 5', '5 ', 'soon', '٣'])(
    '%j is ignored',
    async (value) => {
      expect(await read(`retry: ${value}\n\n`)).toEqual([])
    },
  )
})

describe('the end of the body', () => {
  it('is reported with a network error', async () => {
    const { calls } = await readAll(['data: x\n\n'], '')
    const [name, error] = calls.at(-1) ?? []
    expect(name).toBe('end')
    expect(error).toBeInstanceOf(EventSourceError)
    expect(error).toMatchObject({ type: 'network', message: 'The stream has ended' })
  })

  it('is reported for an empty body too', async () => {
    expect((await readAll([], '')).calls).toMatchObject([['end', { type: 'network' }]])
  })

  it.each([
    '',
    '\n',
    '\r',
    ': comment',
    ': data: x',
    ':',
    ': comment\n',
    ': comment\r\n',
    'retry: 50\n',
    'retry: soon\n',
    'datum',
    'datum\n',
    ' data: x',
  ])('after %j is no cut', async (text) => {
    for (const before of [
      '',
      'id: 1\nevent: n\ndata: a\n\n',
      'id: 1\r\ndata: a\r\n\r\n',
      'data: a\r\r',
    ])
      expect(await endOf(before + text)).toEqual(['end', 'The stream has ended'])
  })

  it.each([
    'd',
    'data',
    'data:',
    'data:\n',
    'data\n',
    'data: x',
    'data: x\n',
    'data: x\r',
    'data: x\r\n',
    'data: x\n: comment\n',
    'data: x\n: comment',
    'data: x\ndat',
    'e',
    'event',
    'event:',
    'event: x',
    'event: x\n',
    'event: x\r',
    'i',
    'id',
    'id\n',
    'id: 1',
    'id: 1\n',
    'id: \n',
    'retry',
    'retry: 50',
  ])('after %j is a cut, wherever the chunks are cut', async (text) => {
    for (const before of ['', ': hello\n\n', 'id: 1\nevent: n\ndata: a\n\n', 'data: a\r\r']) {
      const bytes = encode(before + text)
      for (let at = 0; at <= bytes.length; at++)
        expect(await endOf(...cutAt(bytes, [at]))).toEqual([
          'fail',
          'The stream ended inside an event',
        ])
    }
  })

  it('inside an event is a network error that is not final', async () => {
    const { calls } = await readAll(['id: 1\ndata: a\n\nid: 2\ndata: x'], '')
    expect(calls.at(-1)).toHaveLength(2)
    expect(calls.at(-1)?.[1]).toBeInstanceOf(EventSourceError)
    expect(calls.at(-1)?.[1]).toMatchObject({ type: 'network' })
  })

  it('inside an event as long as maxBufferSize is a cut, not an overflow', async () => {
    const { signal } = new AbortController()
    const { withoutAlive, sink } = createSinkLog()
    const body = streamOf(`data: ${'x'.repeat(94)}\ndata\n`)
    await readEvents(body, signal, sink, ORIGIN, '', 95)
    expect(withoutAlive()).toMatchObject([['fail', { type: 'network' }]])
  })

  // [spec] 9.2.6: once the end of the file is reached, any pending data must be discarded.
  it.each([
    'id: 2\ndata: x',
    'id: 2\ndata: x\n',
    'id: 2\n',
    'id: 2',
    'id: 2\r',
    'data: x\nid: 2\r\n',
  ])('drops the incomplete block %j and its id', async (text) => {
    expect(await read(`id: 1\ndata: a\n\n${text}`)).toMatchObject([
      ['event', { data: 'a', lastEventId: '1' }],
    ])
  })

  it('drops an incomplete line', async () => {
    expect(await read('retry: 50')).toEqual([])
    expect(await read('retry: 50\nretry: 60')).toEqual([['retry', 50]])
  })

  it('does not wait for a line feed after a carriage return', async () => {
    expect(await dataOf('data: x\r\r')).toEqual(['x'])
    expect(await dataOf('data: x\r\n\r')).toEqual(['x'])
  })

  it('drops an incomplete character', async () => {
    expect(await dataOf('data: x\n\n', Uint8Array.of(0xf0, 0x9f))).toEqual(['x'])
  })

  it('is not reported after an abort', async () => {
    const abort = new AbortController()
    const { withoutAlive, sink } = createSinkLog()
    const event: typeof sink.event = () => abort.abort()
    const read = (body: ReturnType<typeof streamOf>, dispatchIncomplete: boolean) =>
      readEvents(body, abort.signal, { ...sink, event }, ORIGIN, '', 100, dispatchIncomplete)
    await read(streamOf('data: a\n\ndata: x'), false)
    await read(streamOf('id: 1\ndata: a'), true)
    expect(withoutAlive()).toEqual([])
  })

  it('rejects if the body breaks off', async () => {
    const broken = new TypeError('terminated')
    const { calls, sink } = createSinkLog()
    const body = new ReadableStream<Uint8Array>({ start: (own) => own.error(broken) })
    const { signal } = new AbortController()
    await expect(readEvents(body, signal, sink, ORIGIN, '', 100)).rejects.toBe(broken)
    expect(calls).toEqual([])
  })
})

describe('with dispatchIncomplete, the end of the body', () => {
  it.each([
    ['data: [DONE]', '[DONE]'],
    ['data: [DONE]\n', '[DONE]'],
    ['data: [DONE]\r', '[DONE]'],
    ['data: [DONE]\r\n', '[DONE]'],
    ['data: a\ndata', 'a\n'],
    ['data', ''],
    ['data: x\n: comment', 'x'],
  ])('dispatches %j', async (text, data) => {
    for (const before of ['', 'data: a\n\n', 'data: a\r\r']) {
      const bytes = encode(before + text)
      for (let at = 0; at <= bytes.length; at++) {
        const calls = await readToEnd(cutAt(bytes, [at]))
        expect(calls.slice(before ? 1 : 0)).toMatchObject([
          ['event', { type: 'message', data }],
          ['end', { type: 'network', message: 'The stream has ended' }],
        ])
      }
    }
  })

  it('dispatches the name and the id too', async () => {
    expect(await readToEnd(['id: 1\ndata: a\n\nevent: n\nid: 2\ndata: x'])).toMatchObject([
      ['event', { lastEventId: '1' }],
      ['event', { type: 'n', data: 'x', lastEventId: '2', hasId: true }],
      ['end', {}],
    ])
  })

  it('applies an id or a retry without an event', async () => {
    expect(await readToEnd(['id: 2\nretry: 50'])).toMatchObject([
      ['retry', 50],
      ['id', '2'],
      ['end', {}],
    ])
  })

  it.each(['', 'data: a\n\n', 'data: a\r\n\r\n', 'data: a\n\n: comment', 'data: a\n\ndat'])(
    'adds no event after %j',
    async (text) => {
      const calls = await readToEnd([text])
      expect(calls.map(([name]) => name)).toEqual(text ? ['event', 'end'] : ['end'])
    },
  )

  it('replaces an incomplete character', async () => {
    const calls = await readToEnd(['data: caf', Uint8Array.of(0xc3)])
    expect(calls).toMatchObject([
      ['event', { data: 'caf\uFFFD' }],
      ['end', {}],
    ])
  })

  it('dispatches nothing if the body breaks off', async () => {
    const { calls, sink } = createSinkLog()
    let isSent = false
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isSent) controller.error(new TypeError('terminated'))
        else controller.enqueue(encode('data: [DONE]\n'))
        isSent = true
      },
    })
    const { signal } = new AbortController()
    const reading = readEvents(body, signal, sink, ORIGIN, '', 100, true)
    await expect(reading).rejects.toThrow('terminated')
    expect(calls).toEqual([['alive']])
  })
})

describe('an overflow', () => {
  it.each([
    ['line', [`data: ${'x'.repeat(50)}`, 'x'.repeat(50)]],
    ['number of lines', Array.from({ length: 12 }, () => 'data: x12345678\n')],
    ['name', [`event: ${'x'.repeat(60)}`, 'x'.repeat(60)]],
    ['id', [`id: ${'x'.repeat(60)}`, 'x'.repeat(60)]],
    ['retry field', [`retry: ${'1'.repeat(60)}`, '1'.repeat(60)]],
  ])('is caused by a long %s', async (_, chunks) => {
    const { calls } = await readOverflow(['data: before\n\n', ...chunks])
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

  it('is reported after the complete events of its chunk', async () => {
    const { calls } = await readOverflow([`data: 1\n\ndata: 2\n\ndata: ${'x'.repeat(200)}`])
    expect(calls.map(([name]) => name)).toEqual(['event', 'event', 'fail'])
  })

  it('does not happen up to the limit', async () => {
    const { signal } = new AbortController()
    const { withoutAlive, sink } = createSinkLog()
    const body = streamOf(`data: ${'x'.repeat(94)}`, '\n\n', 'data: 2\n\n')
    await readEvents(body, signal, sink, ORIGIN, '', 100)
    expect(withoutAlive().map(([name]) => name)).toEqual(['event', 'event', 'end'])
  })

  it('does not count comments, ignored fields and complete events', async () => {
    const { signal } = new AbortController()
    const { withoutAlive, sink } = createSinkLog()
    const body = streamOf(
      ': ',
      ...Array.from({ length: 20 }, () => 'x'.repeat(60)),
      '\nunknown: ',
      ...Array.from({ length: 20 }, () => 'x'.repeat(60)),
      '\n',
      ...Array.from({ length: 20 }, () => 'data: 0123456789\n\n'),
    )
    await readEvents(body, signal, sink, ORIGIN, '', 100)
    expect(withoutAlive()).toHaveLength(21)
  })
})

/** Returns the calls to the sink, without `alive` and the final `end` or `fail`. */
async function callsOf(chunks: readonly (string | Uint8Array)[], lastEventId = '') {
  return (await readAll(chunks, lastEventId)).withoutAlive().slice(0, -1)
}

function read(...chunks: string[]) {
  return callsOf(chunks)
}

/** Leaves out each `id` call that is followed by an event, which has the id too. */
function withoutRepeatedIds(calls: Awaited<ReturnType<typeof callsOf>>) {
  return calls.filter(([name], index) => name !== 'id' || calls[index + 1]?.[0] !== 'event')
}

async function readAll(chunks: readonly (string | Uint8Array)[], lastEventId: string) {
  const log = createSinkLog()
  const { signal } = new AbortController()
  await readEvents(streamOf(...chunks), signal, log.sink, ORIGIN, lastEventId, 2 ** 24)
  expect(log.calls.at(-1)?.[0]).toMatch(/^(end|fail)$/)
  return log
}

/** Returns the name and the message of the last call. */
async function endOf(...chunks: (string | Uint8Array)[]) {
  const [name, error] = (await readAll(chunks, '')).calls.at(-1) ?? []
  return [name, (error as EventSourceError).message]
}

/** Returns the calls to the sink, without `alive`. */
async function readToEnd(chunks: readonly (string | Uint8Array)[]) {
  const log = createSinkLog()
  const { signal } = new AbortController()
  await readEvents(streamOf(...chunks), signal, log.sink, ORIGIN, '', 2 ** 24, true)
  return log.withoutAlive()
}

async function eventsOf(chunks: readonly (string | Uint8Array)[], lastEventId = '') {
  const calls = await callsOf(chunks, lastEventId)
  return calls.flatMap((call) => (call[0] === 'event' ? [call[1]] : []))
}

async function types(text: string): Promise<string[]> {
  return (await eventsOf([text])).map(({ type }) => type)
}

async function ids(text: string, lastEventId = ''): Promise<string[]> {
  return (await eventsOf([text], lastEventId)).map((event) => event.lastEventId)
}

async function dataOf(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  return (await eventsOf(chunks)).map(({ data }) => data)
}

/** Reads until the sink receives a failure, and then aborts, as a connection does. */
async function readOverflow(chunks: readonly string[]) {
  const abort = new AbortController()
  const log = createSinkLog()
  const fail: typeof log.sink.fail = (...args) => {
    log.sink.fail(...args)
    abort.abort()
  }
  const sink = { ...log.sink, fail }
  await readEvents(streamOf(...chunks, 'data: after\n\n'), abort.signal, sink, ORIGIN, '', 100)
  const last = log.calls.findIndex(([name]) => name === 'fail')
  return { calls: log.calls.slice(0, last + 1).filter(([name]) => name !== 'alive') }
}
