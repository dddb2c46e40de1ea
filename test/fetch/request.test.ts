// @vitest-environment node
import { EventSourceError } from 'use-event-source/core'
import type { RequestContext } from 'use-event-source/fetch'
import { describe, expect, it, vi } from 'vitest'
import { make, streamHeaders } from '../../src/fetch/request.ts'

const CONTEXT: RequestContext = {
  attempt: 2,
  error: new EventSourceError('network', 'lost'),
  lastEventId: '7',
}

describe('what is made for an attempt', () => {
  it('is the value as it is given', async () => {
    const headers = { 'X-Tab': '1' }
    expect(await make(headers, CONTEXT)).toBe(headers)
    expect(await make(null, CONTEXT)).toBe(null)
  })

  it('is what the function returns, which is told of the attempt', async () => {
    const body = vi.fn(() => 'made')
    expect(await make(body, CONTEXT)).toBe('made')
    expect(body).toHaveBeenCalledExactlyOnceWith(CONTEXT)
  })

  it('is awaited', async () => {
    expect(await make(async () => 'late', CONTEXT)).toBe('late')
  })

  it('rejects where the function throws or rejects', async () => {
    const thrown = new Error('no token')
    const make1 = make(() => {
      throw thrown
    }, CONTEXT)
    await expect(make1).rejects.toBe(thrown)
    await expect(make(() => Promise.reject(thrown), CONTEXT)).rejects.toBe(thrown)
  })
})

describe('the headers of a request for an event stream', () => {
  it('ask for an event stream', () => {
    expect([...streamHeaders({}, '')]).toEqual([['accept', 'text/event-stream']])
  })

  it('ask for what the user says instead, in any case', () => {
    expect(streamHeaders({ aCCept: 'text/event-stream, */*' }, '').get('Accept')).toBe(
      'text/event-stream, */*',
    )
  })

  it.each([
    ['an object', { 'X-Tab': '1' }],
    ['pairs', [['X-Tab', '1']] satisfies [string, string][]],
    ['Headers', new Headers({ 'X-Tab': '1' })],
  ])('have those that are given as %s, which stays as it is', (_, given) => {
    const before = JSON.stringify(given)
    const headers = streamHeaders(given, '5')
    expect(headers.get('X-Tab')).toBe('1')
    expect(headers).not.toBe(given)
    expect(JSON.stringify(given)).toBe(before)
    expect(new Headers(given).has('Last-Event-ID')).toBe(false)
  })

  it('have no last event id where there is none', () => {
    expect(streamHeaders({}, '').has('Last-Event-ID')).toBe(false)
    expect(streamHeaders({ 'Last-Event-ID': 'own' }, '').get('Last-Event-ID')).toBe('own')
  })

  it('have the last event id of the stream, rather than one that is given', () => {
    expect(streamHeaders({ 'last-event-id': 'own' }, '42').get('Last-Event-ID')).toBe('42')
  })

  // [spec] 9.2.3: `Last-Event-ID`, with the last event ID string encoded as UTF-8.
  it.each(['42', 'ß', '\u0080', '€', 'Ω≈ç√', '名前-7', '😀', 'a'.repeat(65_536)])(
    'have the bytes of the last event id in UTF-8 (%#)',
    (id) => {
      const value = streamHeaders({}, id).get('Last-Event-ID') ?? ''
      expect(Buffer.from(value, 'latin1').toString('utf8')).toBe(id)
      expect([...value].every((character) => character <= '\u00FF')).toBe(true)
    },
  )
})
