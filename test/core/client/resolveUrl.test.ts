import { afterEach, describe, expect, it, vi } from 'vitest'
import { resolveUrl } from '../../../src/core/client/resolveUrl.ts'

afterEach(() => vi.unstubAllGlobals())

describe('resolveUrl() with a document', () => {
  it('resolves against the base of the document', () => {
    const base = document.createElement('base')
    base.href = 'https://example.com/app/'
    document.head.append(base)
    expect(resolveUrl('events?room=1')).toBe('https://example.com/app/events?room=1')
    expect(resolveUrl('/events')).toBe('https://example.com/events')
    base.remove()
    expect(resolveUrl('/events')).toBe(`${location.origin}/events`)
  })

  it('uses the current value of a URL object, and the current location', () => {
    const url = new URL('https://example.com/a')
    expect(resolveUrl(url)).toBe('https://example.com/a')
    url.pathname = '/b'
    expect(resolveUrl(url)).toBe('https://example.com/b')
    expect(resolveUrl('?room=1')).toBe(`${location.origin}/?room=1`)
    history.pushState(null, '', '/elsewhere/')
    expect(resolveUrl('?room=1')).toBe(`${location.origin}/elsewhere/?room=1`)
    history.pushState(null, '', '/')
  })

  it('returns an absolute url in its normal form', () => {
    expect(resolveUrl('https://EXAMPLE.com:443/a/../b')).toBe('https://example.com/b')
    expect(resolveUrl(new URL('https://example.com/b'))).toBe('https://example.com/b')
  })

  it('throws an error without the url, which may hold secrets, if it does not parse', () => {
    expect(() => resolveUrl('http://user:secret@:80')).toThrow(
      new TypeError('The url does not parse: give a path, an absolute url or null'),
    )
  })
})

describe('resolveUrl() without a document', () => {
  it('resolves against the location, as in a worker', () => {
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('location', { href: 'https://example.com/worker.js' })
    expect(resolveUrl('events')).toBe('https://example.com/events')
  })

  it('returns a relative url unchanged if there is no location, as on a server', () => {
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('location', undefined)
    expect(resolveUrl('/events')).toBe('/events')
    expect(resolveUrl('https://example.com/a/../b')).toBe('https://example.com/b')
  })
})
