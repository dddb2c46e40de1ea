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

  it('leaves out what it is not given', () => {
    const error = new EventSourceError('network', 'lost')
    expect(error.cause).toBeUndefined()
    expect([error.event, error.raw, error.status, error.attempt]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
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
