import { afterEach, describe, expect, it, vi } from 'vitest'
import { resolveUrl } from '../../../src/core/client/resolveUrl.ts'

afterEach(() => vi.unstubAllGlobals())

describe('with a document', () => {
  it('is absolute, against the base of the document', () => {
    const base = document.createElement('base')
    base.href = 'https://example.com/app/'
    document.head.append(base)
    expect(resolveUrl('events?room=1')).toBe('https://example.com/app/events?room=1')
    expect(resolveUrl('/events')).toBe('https://example.com/events')
    base.remove()
    expect(resolveUrl('/events')).toBe(`${location.origin}/events`)
  })

  it('follows a URL that is changed, and the document that goes on', () => {
    const url = new URL('https://example.com/a')
    expect(resolveUrl(url)).toBe('https://example.com/a')
    url.pathname = '/b'
    expect(resolveUrl(url)).toBe('https://example.com/b')
    expect(resolveUrl('?room=1')).toBe(`${location.origin}/?room=1`)
    history.pushState(null, '', '/elsewhere/')
    expect(resolveUrl('?room=1')).toBe(`${location.origin}/elsewhere/?room=1`)
    history.pushState(null, '', '/')
  })

  it('leaves an absolute url as it is, in its normal form', () => {
    expect(resolveUrl('https://EXAMPLE.com:443/a/../b')).toBe('https://example.com/b')
    expect(resolveUrl(new URL('https://example.com/b'))).toBe('https://example.com/b')
  })

  it('throws a sentence with the fix where it does not parse', () => {
    expect(() => resolveUrl('http://')).toThrow(
      new TypeError('"http://" is no url: give a path, an absolute url or null'),
    )
  })
})

describe('without a document', () => {
  it('is absolute against the location, as in a worker', () => {
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('location', { href: 'https://example.com/worker.js' })
    expect(resolveUrl('events')).toBe('https://example.com/events')
  })

  it('stays as it is where there is nothing to resolve it against, as on a server', () => {
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('location', undefined)
    expect(resolveUrl('/events')).toBe('/events')
    expect(resolveUrl('https://example.com/a/../b')).toBe('https://example.com/b')
  })
})
