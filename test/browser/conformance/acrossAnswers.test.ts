import { describe, expect, it } from 'vitest'
import type { Bytes, Reply } from '../../support/server/script.ts'
import { openStream } from '../support/openStream.ts'
import { openReader } from './openReader.ts'
import { readStream, RETRY } from './readStream.ts'

describe.each(['native', 'fetch'] as const)('as read by the %s transport', (reader) => {
  it('an unfinished event at the end of an answer does not reach the next one (9.2.6, the buffers belong to a stream)', async () => {
    const { events, lastEventIds } = await read(
      'id: 1\ndata: a\n\nevent: n\nid: 2\ndata: b\nda',
      'ta: c\ndata: d\n\n',
    )
    expect(events).toMatchObject([
      { type: 'message', data: 'a', lastEventId: '1' },
      { type: 'message', data: 'd', lastEventId: '1' },
    ])
    expect(lastEventIds).toEqual([null, '1', '1'])
  })

  it('half a character at the end of an answer does not reach the next one (9.2.6, UTF-8 decode)', async () => {
    const { events } = await read(['data: a\n\n', 0xc3], [0xa9, 'data: b\n\ndata: c\n\n'])
    expect(events).toMatchObject([{ data: 'a' }, { data: 'c' }])
  })

  it('each answer may begin with a byte order mark (9.2.6, UTF-8 decode strips one)', async () => {
    const { events } = await read('\uFEFFdata: a\n\n', '\uFEFFdata: b\n\n')
    expect(events).toMatchObject([{ data: 'a' }, { data: 'b' }])
  })

  // Read literally, 9.2.6 starts with an empty last event ID buffer, so the first event without an
  // id would clear the id. Chromium keeps the id, so that a stream does not lose its place.
  it('the last event id stays across answers (9.2.6, dispatching)', async () => {
    const { events, lastEventIds } = await read('id: 1\ndata: a\n\n', 'data: b\n\n', '\n', 'id\n\n')
    expect(events).toMatchObject([
      { data: 'a', lastEventId: '1' },
      { data: 'b', lastEventId: '1' },
    ])
    expect(lastEventIds).toEqual([null, '1', '1', '1', null])
  })

  it('an event has the origin of the redirect target (9.2.6, the final url after redirects)', async () => {
    const send = { id: 'é', data: 'a' }
    const target = await openStream({ body: [{ retry: RETRY }, { send }, 'end'] }, {})
    const stream = await openStream({ redirect: target.url })
    const { events } = openReader(reader, stream.url)
    const { requests } = await target.until({ requests: 2 })
    expect(events).toEqual([
      { type: 'message', data: 'a', lastEventId: 'é', origin: new URL(target.url).origin },
    ])
    expect(requests).toMatchObject([{ lastEventId: null }, { lastEventId: 'é' }])
    // Chromium reconnects to the target; the fetch transport requests the original url each time.
    const asked = (await stream.log()).requests
    expect(asked.map(({ lastEventId }) => lastEventId)).toEqual(
      reader === 'native' ? [null] : [null, 'é'],
    )
  })

  function read(...streams: Bytes[]) {
    return readStream(
      reader,
      streams.map((write): Reply => ({ body: [{ write }, 'end'] })),
    )
  }
})
