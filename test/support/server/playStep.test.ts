// @vitest-environment node
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { controlEachTest } from './controlEachTest.ts'
import type { Step } from './script.ts'

const control = controlEachTest()

it('writes events with their fields, retry lines and comments', async () => {
  const text = await control.bodyOf(
    { retry: 50 },
    { comment: 'still here' },
    { send: { event: 'note', id: '7', data: 'one\ntwo' } },
    { send: [{ data: 'a' }, { data: 'b' }] },
    'end',
  )
  expect(text).toBe(
    'retry: 50\n\n: still here\n\nevent: note\nid: 7\ndata: one\ndata: two\n\ndata: a\n\ndata: b\n\n',
  )
})

it('writes an event up to its id, or to the middle of its data', async () => {
  const part = { event: 'n', id: '12', data: 'one  two ' }
  expect(await control.bodyOf({ part, upTo: 'id' }, 'end')).toBe('event: n\nid: 12\n')
  expect(await control.bodyOf({ part, upTo: 'data' }, 'end')).toBe('event: n\nid: 12\ndata: one  ')
})

describe('numbered events', () => {
  it('come in one chunk, or each in its own', async () => {
    const three = 'id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n'
    expect(await control.bodyOf({ burst: { to: 3 } }, 'end')).toBe(three)
    expect(await control.bodyOf({ flood: { to: 3 } }, 'end')).toBe(three)
  })

  it('are complete despite backpressure', async () => {
    const text = await control.bodyOf({ flood: { event: 'n', to: 20_000 } }, 'end')
    const numbers = [...text.matchAll(/^data: (\d+)$/gm)].map(([, number]) => Number(number))
    expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1))
  })

  it('resume after the last event id in the header or in the query', async () => {
    const { url } = await control.open({ body: [{ burst: { from: 'resume', to: 3 } }, 'end'] })
    const last = 'id: 3\ndata: 3\n\n'
    const resumed = await fetch(url, { headers: { 'Last-Event-ID': '2' } })
    expect(await resumed.text()).toBe(last)
    expect(await (await fetch(`${url}?lastEventId=2`)).text()).toBe(last)
  })

  it('repeat the overlap, and begin at 1 at the earliest', async () => {
    const burst = { from: 'resume', overlap: 1, to: 3 } as const
    const { url } = await control.open({ body: [{ burst }, 'end'] })
    const resumed = await fetch(url, { headers: { 'Last-Event-ID': '2' } })
    expect(await resumed.text()).toBe('id: 2\ndata: 2\n\nid: 3\ndata: 3\n\n')
    expect(await (await fetch(url)).text()).toMatch(/^id: 1\n/)
  })

  it('are cut after the given number of bytes', async () => {
    expect(await control.bodyOf({ burst: { to: 3 }, bytes: 19 }, 'end')).toBe(
      'id: 1\ndata: 1\n\nid: ',
    )
  })
})

describe('bytes', () => {
  it('are written unchanged, text in UTF-8', async () => {
    const write = ['é', 0xff, 0, '\r\n']
    const { url } = await control.open({ body: [{ write }, { write: '日' }, 'end'] })
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
    expect([...bytes]).toEqual([0xc3, 0xa9, 0xff, 0, 13, 10, 0xe6, 0x97, 0xa5])
  })

  it('are split at each cut, even in the middle of a character', async () => {
    expect(await chunksOf({ write: 'aé\r\nb', cuts: [2, 4] })).toEqual([
      [97, 0xc3],
      [0xa9, 13],
      [10, 98],
    ])
  })

  it('are written one by one by trickle', async () => {
    expect(await chunksOf({ trickle: 'é\n' })).toEqual([[0xc3], [0xa9], [10]])
  })

  it('are repeated the given number of times, even under backpressure', async () => {
    const text = await control.bodyOf({ repeat: ':'.repeat(999) + '\n', times: 5_000 }, 'end')
    expect(text).toHaveLength(5_000_000)
  })

  it('are no longer written once the client has disconnected', async () => {
    const { id, url } = await control.open({})
    const leaving = new AbortController()
    await fetch(url, leaving)
    const played = control.post(`/${id}/play`, [{ repeat: 'x'.repeat(65_536), times: 1e9 }])
    leaving.abort()
    expect((await played).ok).toBe(true)
  })
})

it('resets the connection in the middle of a body', async () => {
  const { url } = await control.open({ body: [{ send: { data: 'a' } }, 'reset'] })
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow('terminated')
})

/** Returns the chunks as HTTP frames them, regardless of how they are read. */
async function chunksOf(step: Step): Promise<number[][]> {
  const { url } = await control.open({ body: [step, 'end'] })
  const { port, pathname } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: stream\r\n\r\n`)
  let frames = ''
  for await (const part of socket.setEncoding('latin1')) frames += part
  frames = frames.slice(frames.indexOf('\r\n\r\n') + 4)
  const chunks: number[][] = []
  for (;;) {
    const start = frames.indexOf('\r\n') + 2
    const end = start + Number.parseInt(frames, 16)
    if (start === end) return chunks
    chunks.push([...Buffer.from(frames.slice(start, end), 'latin1')])
    frames = frames.slice(end + 2)
  }
}
