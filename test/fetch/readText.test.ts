// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { readText } from '../../src/fetch/readText.ts'
import { cutAt, encode, streamOf } from './support/streamOf.ts'
import { settle } from './support/settle.ts'

describe('readText', () => {
  it('passes on each chunk in order, and resolves at the end of the body', async () => {
    expect(await read(streamOf('one', 'two', '', 'three'))).toEqual(['one', 'two', '', 'three'])
    expect(await read(streamOf())).toEqual([])
  })

  it('joins a character that is cut anywhere', async () => {
    const bytes = encode('aß€😀z')
    for (let at = 1; at < bytes.length; at++) {
      const chunks = await read(streamOf(...cutAt(bytes, [at])))
      expect(chunks.join('')).toBe('aß€😀z')
    }
    const single = await read(streamOf(...Array.from(bytes, (byte) => Uint8Array.of(byte))))
    expect(single.join('')).toBe('aß€😀z')
  })

  it('replaces a character that the end of the body cuts', async () => {
    expect(await read(streamOf('a', Uint8Array.of(0xf0, 0x9f)))).toEqual(['a', '', '\uFFFD'])
  })

  it('resolves with true at the end of the body, and with false after an abort', async () => {
    expect(await readText(streamOf('a'), new AbortController().signal, () => {})).toBe(true)
    expect(await readText(streamOf('a'), AbortSignal.abort(), () => {})).toBe(false)
    const abort = new AbortController()
    const cut = streamOf(Uint8Array.of(0xf0))
    expect(await readText(cut, abort.signal, (text) => text && abort.abort())).toBe(false)
  })

  it('replaces bytes that are not UTF-8, and continues', async () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0x7a)
    expect((await read(streamOf(bytes))).join('')).toBe('a\uFFFD\uFFFD(z')
  })

  it('strips one byte order mark from the start, itself cut anywhere', async () => {
    for (const cuts of [[], [1], [2], [3], [1, 2]]) {
      const body = streamOf(...cutAt(encode('\uFEFF\uFEFFa\uFEFFb'), cuts))
      expect((await read(body)).join('')).toBe('\uFEFFa\uFEFFb')
    }
    expect((await read(streamOf('a', '\uFEFFb'))).join('')).toBe('a\uFEFFb')
  })

  it('passes on the chunks before the body breaks off, and then rejects', async () => {
    const broken = new TypeError('terminated')
    const body = createBody()
    const chunks: string[] = []
    const reading = readText(body.stream, new AbortController().signal, (text) => chunks.push(text))
    body.write('one')
    await settle()
    body.controller.error(broken)
    await expect(reading).rejects.toBe(broken)
    expect(chunks).toEqual(['one'])
  })
})

describe('an abort', () => {
  it('cancels the body at once, and resolves without further text', async () => {
    const body = createBody()
    const abort = new AbortController()
    const chunks: string[] = []
    const reading = readText(body.stream, abort.signal, (text) => chunks.push(text))
    body.write('one')
    await settle()
    abort.abort()
    expect(body.isCancelled()).toBe(true)
    await reading
    expect(chunks).toEqual(['one'])
  })

  it('drops chunks that have arrived but have not been passed on', async () => {
    const body = createBody()
    const abort = new AbortController()
    const chunks: string[] = []
    const reading = readText(body.stream, abort.signal, (text) => {
      chunks.push(text)
      abort.abort()
    })
    body.write('one')
    body.write('two')
    await reading
    expect(chunks).toEqual(['one'])
    expect(body.isCancelled()).toBe(true)
  })

  it('drops a chunk that arrives at the same time', async () => {
    const body = createBody()
    const abort = new AbortController()
    const chunks: string[] = []
    const reading = readText(body.stream, abort.signal, (text) => chunks.push(text))
    await settle()
    body.write('one')
    abort.abort()
    await reading
    expect(chunks).toEqual([])
  })

  it('cancels the body if it happened before the reading', async () => {
    const body = createBody()
    const chunks: string[] = []
    const reading = readText(body.stream, AbortSignal.abort(), (text) => chunks.push(text))
    await settle()
    expect(body.isCancelled()).toBe(true)
    await reading
    expect(chunks).toEqual([])
  })

  it('adds no rejection if the body has ended or failed already', async () => {
    const abort = new AbortController()
    await readText(streamOf('one'), abort.signal, () => {})
    const body = createBody()
    const reading = readText(body.stream, abort.signal, () => {})
    body.controller.error(new TypeError('terminated'))
    abort.abort()
    await expect(reading).rejects.toThrow('terminated')
    await settle()
  })

  it('adds no rejection if the body cannot be cancelled', async () => {
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
  const chunks: string[] = []
  await readText(body, new AbortController().signal, (text) => chunks.push(text))
  return chunks
}

/** A body that the test writes. */
function createBody() {
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
