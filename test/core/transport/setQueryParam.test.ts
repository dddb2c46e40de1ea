import { setQueryParam } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'

describe('setQueryParam', () => {
  it.each([
    ['https://example.com/stream', 'https://example.com/stream?after=7'],
    ['https://example.com/stream?', 'https://example.com/stream?after=7'],
    ['https://example.com/stream#part', 'https://example.com/stream?after=7#part'],
    ['https://example.com/stream?room=1', 'https://example.com/stream?room=1&after=7'],
  ])('adds the parameter to %s', (url, expected) => {
    expect(setQueryParam(url, 'after', '7')).toBe(expected)
  })

  it.each(['a%20b~c!', 'flag', 'flag=', 'a+b', 'q=%zz&&x', 'sig=a%2Fb=', 'before=1', 'k=ü'])(
    'leaves the rest of the query as it is: %s',
    (query) => {
      const before = new URL(`https://example.com/?${query}`).search
      for (const own of ['after=1', 'after', '%61fter=1&after=2']) {
        const url = setQueryParam(`https://example.com/?${query}&${own}`, 'after', '7')
        expect(new URL(url).search).toBe(`${before}&after=7`)
      }
    },
  )

  it('escapes the name and the value', () => {
    const url = setQueryParam('https://example.com/', 'last id', 'é&=+#日😀')
    expect(new URL(url).searchParams.get('last id')).toBe('é&=+#日😀')
  })
})
