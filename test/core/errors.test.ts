import { runInNewContext } from 'node:vm'
import { EventSourceError } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { toEventSourceError } from '../../src/core/errors.ts'

describe('an EventSourceError', () => {
  it('has its type, message and details as fields', () => {
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

  it('has the body and the Retry-After delay of an error response', () => {
    const error = new EventSourceError('http', 'HTTP 429', { body: 'slow down', retryAfter: 2_000 })
    expect(error).toMatchObject({ body: 'slow down', retryAfter: 2_000 })
  })

  it('leaves fields without a value undefined', () => {
    const error = new EventSourceError('network', 'lost')
    expect(error.cause).toBeUndefined()
    const { event, raw, status, body, retryAfter, attempt } = error
    expect([event, raw, status, body, retryAfter, attempt]).toEqual(Array(6).fill(undefined))
  })
})

describe('toEventSourceError()', () => {
  it('wraps a thrown value as the cause of an EventSourceError', () => {
    const thrown = new TypeError('oops')
    expect(toEventSourceError(thrown, 'decode')).toMatchObject({
      type: 'decode',
      message: 'oops',
      cause: thrown,
    })
    expect(toEventSourceError('oops', 'decode')).toMatchObject({ message: 'decode', cause: 'oops' })
  })

  it('returns an EventSourceError unchanged', () => {
    const thrown = new EventSourceError('validation', 'no')
    expect(toEventSourceError(thrown, 'decode')).toBe(thrown)
  })

  it('keeps the message of an error from another realm', () => {
    const thrown = runInNewContext("new TypeError('oops')")
    expect(thrown).not.toBeInstanceOf(Error)
    expect(toEventSourceError(thrown, 'decode').message).toBe('oops')
  })

  it('accepts any thrown value', () => {
    for (const thrown of [undefined, null, Symbol('s'), Object.create(null)]) {
      expect(toEventSourceError(thrown, 'decode').cause).toBe(thrown)
    }
  })
})
