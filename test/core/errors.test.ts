import { EventSourceError } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { toEventSourceError } from '../../src/core/errors.ts'

describe('an EventSourceError', () => {
  it('has its type, its message, and the data on fields', () => {
    const cause = new SyntaxError('bad')
    const error = new EventSourceError('http', 'HTTP 503', { status: 503, attempt: 2, cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'EventSourceError',
      type: 'http',
      message: 'HTTP 503',
      status: 503,
      attempt: 2,
      cause,
    })
    expect(String(error)).toBe('EventSourceError: HTTP 503')
  })

  it('says of a refusal what the answer said, and how long it asks to be left alone', () => {
    const error = new EventSourceError('http', 'HTTP 429', { body: 'slow down', retryAfter: 2_000 })
    expect(error).toMatchObject({ body: 'slow down', retryAfter: 2_000 })
  })

  it('leaves out what it is not given', () => {
    const error = new EventSourceError('network', 'lost')
    expect(error.cause).toBeUndefined()
    const { event, raw, status, body, retryAfter, attempt } = error
    expect([event, raw, status, body, retryAfter, attempt]).toEqual(Array(6).fill(undefined))
  })
})

describe('what was thrown', () => {
  it('becomes the cause of one', () => {
    const thrown = new TypeError('oops')
    expect(toEventSourceError(thrown, 'decode')).toMatchObject({
      type: 'decode',
      message: 'oops',
      cause: thrown,
    })
    expect(toEventSourceError('oops', 'decode')).toMatchObject({ message: 'decode', cause: 'oops' })
  })

  it('stays what it is if it is one', () => {
    const thrown = new EventSourceError('validation', 'no')
    expect(toEventSourceError(thrown, 'decode')).toBe(thrown)
  })

  it('may be anything at all', () => {
    for (const thrown of [undefined, null, Symbol('s'), Object.create(null)]) {
      expect(toEventSourceError(thrown, 'decode').cause).toBe(thrown)
    }
  })
})
