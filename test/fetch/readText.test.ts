// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { readText } from '../../src/fetch/readText.ts'
import { cutAt, encode, streamOf } from './support/streamOf.ts'
import { settle } from './support/settle.ts'

describe('reading a body as text', () => {
  it('hands on each piece, in order, and ends with the body', async () => {
    expect(await read(streamOf('one', 'two', '', 'three'))).toEqual(['one', 'two', '', 'three'])
    expect(await read(streamOf())).toEqual([])
  })

  it('joins a character that is cut, wherever that is', async () => {
    const bytes = encode('aß€😀z')
    for (let at = 1; at < bytes.length; at++) {
      const pieces = await read(streamOf(...cutAt(bytes, [at])))
      expect(pieces.join('')).toBe('aß€😀z')
    }
    const single = await read(streamOf(...Array.from(bytes, (byte) => Uint8Array.of(byte))))
    expect(single.join('')).toBe('aß€😀z')
  })

  it('reads what is no UTF-8 as replacement characters, and goes on', async () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0x7a)
    expect((await read(streamOf(bytes))).join('')).toBe('a\uFFFD\uFFFD(z')
  })

  it('strips one byte order mark from the start, which may be cut', async () => {
    for (const cuts of [[], [1], [2], [3], [1, 2]]) {
      const body = streamOf(...cutAt(encode('\uFEFF\uFEFFa\uFEFFb'), cuts))
      expect((await read(body)).join('')).toBe('\uFEFFa\uFEFFb')
    }
    expect((await read(streamOf('a', '\uFEFFb'))).join('')).toBe('a\uFEFFb')
  })

  it('rejects where the body breaks off, after what came before', async () => {
    const broken = new TypeError('terminated')
    const body = playedBody()
    const pieces: string[] = []
    const reading = readText(body.stream, new AbortController().signal, (text) => pieces.push(text))
    body.write('one')
    await settle()
    body.controller.error(broken)
    await expect(reading).rejects.toBe(broken)
    expect(pieces).toEqual(['one'])
  })
})

describe('an abort', () => {
  it('cancels the body at once, and ends the reading without a word more', async () => {
    const body = playedBody()
    const abort = new AbortController()
    const pieces: string[] = []
    const reading = readText(body.stream, abort.signal, (text) => pieces.push(text))
    body.write('one')
    await settle()
    abort.abort()
    expect(body.isCancelled()).toBe(true)
    await reading
    expect(pieces).toEqual(['one'])
  })

  it('drops what has arrived and was not handed on yet', async () => {
    const body = playedBody()
    const abort = new AbortController()
    const pieces: string[] = []
    const reading = readText(body.stream, abort.signal, (text) => {
      pieces.push(text)
      abort.abort()
    })
    body.write('one')
    body.write('two')
    await reading
    expect(pieces).toEqual(['one'])
    expect(body.isCancelled()).toBe(true)
  })

  it('drops a piece that was on its way as it came', async () => {
    const body = playedBody()
    const abort = new AbortController()
    const pieces: string[] = []
    const reading = readText(body.stream, abort.signal, (text) => pieces.push(text))
    await settle()
    body.write('one')
    abort.abort()
    await reading
    expect(pieces).toEqual([])
  })

  it('cancels the body also where it came before the reading', async () => {
    const body = playedBody()
    const pieces: string[] = []
    const reading = readText(body.stream, AbortSignal.abort(), (text) => pieces.push(text))
    await settle()
    expect(body.isCancelled()).toBe(true)
    await reading
    expect(pieces).toEqual([])
  })

  it('is quiet where the body has ended or fails already', async () => {
    const abort = new AbortController()
    await readText(streamOf('one'), abort.signal, () => {})
    const body = playedBody()
    const reading = readText(body.stream, abort.signal, () => {})
    body.controller.error(new TypeError('terminated'))
    abort.abort()
    await expect(reading).rejects.toThrow('terminated')
    await settle()
  })

  it('is quiet where the body fails to be cancelled', async () => {
    const abort = new AbortController()
    const stream = new ReadableStream<Uint8Array>({
      cancel() {
        throw new Error('cannot')
      },
    })
    const reading = readText(stream, abort.signal, () => {})
    abort.abort()
    await reading
    await settle()
    expect(abort.signal.aborted).toBe(true)
  })
})

async function read(body: ReadableStream<Uint8Array>): Promise<string[]> {
  const pieces: string[] = []
  await readText(body, new AbortController().signal, (text) => pieces.push(text))
  return pieces
}

/** A body that the test writes. */
function playedBody() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let isCancelled = false
  const stream = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own
    },
    cancel() {
      isCancelled = true
    },
  })
  if (!controller) throw new Error('a stream starts when it is made')
  const { enqueue } = controller
  return {
    stream,
    controller,
    write: (text: string) => enqueue.call(controller, encode(text)),
    isCancelled: () => isCancelled,
  }
}
