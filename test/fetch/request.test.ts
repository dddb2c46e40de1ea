// @vitest-environment node
import { EventSourceError } from 'use-event-source/core'
import type { RequestContext } from 'use-event-source/fetch'
import { describe, expect, it, vi } from 'vitest'
import { resolveValue, streamHeaders } from '../../src/fetch/request.ts'

const CONTEXT: RequestContext = {
  attempt: 2,
  error: new EventSourceError('network', 'lost'),
  lastEventId: '7',
}

describe('resolveValue', () => {
  it('resolves to a plain value unchanged', async () => {
    const headers = { 'X-Tab': '1' }
    expect(await resolveValue(headers, CONTEXT)).toBe(headers)
    expect(await resolveValue(null, CONTEXT)).toBe(null)
  })

  it('resolves to the result of a function, called with the context', async () => {
    const body = vi.fn(() => 'made')
    expect(await resolveValue(body, CONTEXT)).toBe('made')
    expect(body).toHaveBeenCalledExactlyOnceWith(CONTEXT)
  })

  it('awaits the promise of a function', async () => {
    expect(await resolveValue(async () => 'late', CONTEXT)).toBe('late')
  })

  it('rejects if the function throws or rejects', async () => {
    const thrown = new Error('no token')
    const resolving = resolveValue(() => {
      throw thrown
    }, CONTEXT)
    await expect(resolving).rejects.toBe(thrown)
    await expect(resolveValue(() => Promise.reject(thrown), CONTEXT)).rejects.toBe(thrown)
  })
})

describe('streamHeaders', () => {
  it('accept an event stream', () => {
    expect([...streamHeaders({}, '')]).toEqual([['accept', 'text/event-stream']])
  })

  it('keep an Accept header of the user, in any case', () => {
    expect(streamHeaders({ aCCept: 'text/event-stream, */*' }, '').get('Accept')).toBe(
      'text/event-stream, */*',
    )
  })

  it.each([
    ['an object', { 'X-Tab': '1' }],
    ['pairs', [['X-Tab', '1']] satisfies [string, string][]],
    ['Headers', new Headers({ 'X-Tab': '1' })],
  ])('include the headers given as %s, which is not changed', (_, given) => {
    const before = JSON.stringify(given)
    const headers = streamHeaders(given, '5')
    expect(headers.get('X-Tab')).toBe('1')
    expect(headers).not.toBe(given)
    expect(JSON.stringify(given)).toBe(before)
    expect(new Headers(given).has('Last-Event-ID')).toBe(false)
  })

  it('have no Last-Event-ID without an id, unless the user gives one', () => {
    expect(streamHeaders({}, '').has('Last-Event-ID')).toBe(false)
    expect(streamHeaders({ 'Last-Event-ID': 'own' }, '').get('Last-Event-ID')).toBe('own')
  })

  it('replace a Last-Event-ID of the user with the id of the stream', () => {
    expect(streamHeaders({ 'last-event-id': 'own' }, '42').get('Last-Event-ID')).toBe('42')
  })

  // [spec] 9.2.3: `Last-Event-ID`, with the last event ID string encoded as UTF-8.
  it.each(['42', 'ß', '\u0080', '€', 'Ω≈ç√', '名前-7', '😀', 'a'.repeat(65_536)])(
    'encode the last event id as UTF-8 (%#)',
    (id) => {
      const value = streamHeaders({}, id).get('Last-Event-ID') ?? ''
      expect(Buffer.from(value, 'latin1').toString('utf8')).toBe(id)
      expect([...value].every((character) => character <= '\u00FF')).toBe(true)
    },
  )
})
