import { decode, json, text } from 'use-event-source/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { checkUrl } from '../../../src/core/misuse/checkArguments.ts'

afterEach(() => vi.unstubAllEnvs())

/** Makes a call with arguments that TypeScript would refuse. */
const call =
  (target: object, method: string, ...args: unknown[]) =>
  () =>
    (target as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args)

describe('a decoder', () => {
  it.each<[string, () => unknown]>([
    [
      'decode() got undefined: give a function, as in decode((data) => Number(data))',
      call({ decode }, 'decode'),
    ],
    [
      'latestBy() got "id": give a function, as in .latestBy((value) => value.id)',
      call(json(), 'latestBy', 'id'),
    ],
    [
      'reduce() got 0: give a function, as in .reduce((sum, value) => sum + value, 0)',
      call(json(), 'reduce', 0),
    ],
    [
      'forEach() got undefined: give a function, as in .forEach((value) => show(value))',
      call(text(), 'forEach'),
    ],
    ["from() got undefined: give the name of an event, as in .from('quote')", call(text(), 'from')],
    ["from() got 5: give the name of an event, as in .from('quote')", call(json(), 'from', 5)],
    ['count is undefined: give a number from 1 up, as in .last(50)', call(json(), 'last')],
    ['count is "5": give a number from 1 up, as in .last(50)', call(json(), 'last', '5')],
    ...[{}, Number, 5, null, false, ''].map((schema): [string, () => unknown] => [
      'give a Standard Schema, such as one of zod or valibot, or nothing',
      call({ json }, 'json', schema),
    ]),
  ])('throws a TypeError with the fix: %s', (sentence, mistake) => {
    expect(mistake).toThrow(TypeError)
    expect(mistake).toThrow(sentence)
  })

  it('accepts what is right', () => {
    expect(json()).toBe(json(undefined as never))
    const schema = Object.assign(() => {}, { '~standard': z.string()['~standard'] })
    expect(() => json(schema)).not.toThrow()
    expect(() => json().from('')).not.toThrow()
  })

  it('checks nothing in production', () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(call({ decode }, 'decode')).not.toThrow()
    expect(call({ json }, 'json', {})).not.toThrow()
    expect(call(json(), 'latestBy', 'id')).not.toThrow()
  })
})

describe('a url', () => {
  it.each([5, true, {}, ['/a'], () => '/a'])('throws a TypeError with the fix: %s', (url) => {
    expect(() => checkUrl(url)).toThrow(/^The url is .+: give a string or a URL, or null for none$/)
  })

  it.each([undefined, null, false])('is required by a connection: %s', (url) => {
    expect(() => checkUrl(url)).not.toThrow()
    expect(() => checkUrl(url, true)).toThrow(
      new TypeError(`The url is ${url}: give a string or a URL`),
    )
  })

  it('is accepted', () => {
    for (const url of ['', '/a', new URL('http://a.example'), { href: '/a' }]) {
      expect(() => checkUrl(url, true)).not.toThrow()
    }
  })
})
