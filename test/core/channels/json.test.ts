import { EventSourceError, json, type StandardSchema } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { SchemaIssue } from '../../../src/core/channels/standardSchema.ts'
import { serverSentEvent } from '../../support/scriptedTransport.ts'

const Price = z.object({ price: z.coerce.number() })

describe('json()', () => {
  it('parses the data', () => {
    expect(read(json(), '{"a":[1,null]}')).toEqual({ a: [1, null] })
    expect(read(json(), '"text"')).toBe('text')
    expect(read(json(), 'null')).toBeNull()
  })

  it('uses the value that the transport has already parsed', () => {
    for (const parsed of [{ a: 1 }, null, 0, '', false]) {
      const event = { ...serverSentEvent('message', 'not looked at'), parsed }
      expect(json().decode(event)).toBe(parsed)
    }
    const event = { ...serverSentEvent('message', '1'), parsed: undefined }
    expect(json().decode(event)).toBe(1)
    expect(json(Price).decode({ ...event, parsed: { price: '5' } })).toEqual({ price: 5 })
  })

  it.each([' ', '{', 'undefined', 'NaN'])('throws a SyntaxError for %j', (data) => {
    expect(() => read(json(), data)).toThrow(SyntaxError)
  })
})

describe('json(schema)', () => {
  it('returns one channel for each schema', () => {
    expect(json(Price)).toBe(json(Price))
    expect(json(Price).last(2)).toBe(json(Price).last(2))
    expect(json(Price)).not.toBe(json(z.object({ price: z.coerce.number() })))
    expect(json(Price)).not.toBe(json())
  })

  it('has the same shape for all schemas, and a different one from json()', () => {
    expect(json(z.string()).shape).toBe(json(Price).shape)
    expect(json(Price).shape).not.toBe(json().shape)
  })

  it('returns the output of the schema', () => {
    expect(read(json(Price), '{"price":"12"}')).toEqual({ price: 12 })
  })

  it('throws all issues if the data does not match the schema', () => {
    const Both = z.object({ a: z.string('a is missing'), b: z.string('b is missing') })
    const error = thrownBy(() => read(json(Both), '{}'))
    expect(error).toBeInstanceOf(EventSourceError)
    expect(error).toMatchObject({
      type: 'validation',
      message: 'a: a is missing; b: b is missing',
      cause: [{ path: ['a'] }, { path: ['b'] }],
    })
  })

  it.each<[string, SchemaIssue]>([
    ['bid.amount: no', { message: 'no', path: ['bid', 'amount'] }],
    ['bids.0.amount: no', { message: 'no', path: [{ key: 'bids' }, 0, { key: 'amount' }] }],
    ['0: no', { message: 'no', path: [{ key: 0 }] }],
    ['Symbol(a).b: no', { message: 'no', path: [Symbol('a'), 'b'] }],
    ['Symbol(a): no', { message: 'no', path: [{ key: Symbol('a') }] }],
    ['no', { message: 'no', path: [] }],
    ['no', { message: 'no', path: undefined }],
    ['no', { message: 'no' }],
  ])('names the path of an issue, if there is one: %s', (message, issue) => {
    const Invalid: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [issue] }) },
    }
    const error = thrownBy(() => read(json(Invalid), '1'))
    expect(error).toMatchObject({ type: 'validation', message })
    expect((error as EventSourceError).cause).toEqual([issue])
  })

  it('returns undefined if the output of the schema is undefined', () => {
    expect(read(json(z.number().transform(() => undefined)), '1')).toBeUndefined()
  })

  it('throws a SyntaxError if the data is not JSON', () => {
    expect(() => read(json(Price), '{')).toThrow(SyntaxError)
  })

  it.each([true, false])('rejects an asynchronous schema whose verdict is %s', (verdict) => {
    const Slow = z.object({ price: z.number() }).refine(async () => verdict)
    const error = thrownBy(() => read(json(Slow), '{"price":1}'))
    expect(error).toMatchObject({ type: 'validation', message: 'the schema is asynchronous' })
  })

  it('leaves no unhandled rejection if an asynchronous schema rejects', async () => {
    const onRejection = vi.fn()
    process.on('unhandledRejection', onRejection)
    const Broken: StandardSchema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => Promise.reject(new Error('mistake')),
      },
    }
    expect(thrownBy(() => read(json(Broken), '1'))).toMatchObject({ type: 'validation' })
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', onRejection)
    expect(onRejection).not.toHaveBeenCalled()
  })
})

function read(channel: { decode: ReturnType<typeof json>['decode'] }, data: string): unknown {
  return channel.decode(serverSentEvent('message', data))
}

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was thrown')
}
