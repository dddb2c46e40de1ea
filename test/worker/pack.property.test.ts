import fc from 'fast-check'
import type { ServerSentEvent } from 'use-event-source/core'
import { expect, it } from 'vitest'
import { pack, unpack } from '../../src/worker/pack.ts'

/** Data that would shift the elements after it if it were taken for one element of a JSON array. */
const tricky = ['1,2', '[1', '2]', '],[', '', ' ', ',', '"a', 'b"', '{"a":1', '[DONE]', '\uFEFF1']

const json = fc.oneof(
  fc.json(),
  fc.jsonValue().map((value) => JSON.stringify(value, null, '\n')),
  fc.constantFrom('"\u2028"', '"\\ud800"', '{"__proto__":1}', '1e999', '-0', ' null '),
)
const data = fc.oneof(json, fc.constantFrom(...tricky), fc.string({ unit: 'binary' }))

const eventsOf = (data: fc.Arbitrary<string>) =>
  fc.array(
    fc.record({
      type: fc.oneof(fc.constantFrom('message', 'a'), fc.string()),
      data,
      lastEventId: fc.oneof(fc.constantFrom('', '1'), fc.string({ unit: 'binary' })),
      origin: fc.constantFrom('', 'https://example.com'),
      hasId: fc.boolean(),
    }),
    { minLength: 1 },
  )

it('unpacks to the same events, after a structured clone too', () => {
  fc.assert(
    fc.property(eventsOf(data), (events) => {
      expect(plain(unpack(structuredClone(pack(events))))).toEqual(events)
    }),
  )
})

it('keeps which events have an id of their own, whether all agree or not', () => {
  const column = fc.oneof(fc.array(fc.boolean(), { minLength: 1 }), allOf(true), allOf(false))
  fc.assert(
    fc.property(column, (column) => {
      const events = column.map((hasId) => ({ ...eventOf('1'), hasId }))
      const packed = structuredClone(pack(events))
      expect(unpack(packed).map(({ hasId }) => hasId)).toEqual(column)
      if (new Set(column).size === 1) expect(packed.hasIds).toBe(column[0] ? '1' : '')
    }),
  )
})

it('treats an event that does not say so as one without an id of its own', () => {
  expect(unpack(pack([eventOf('1')])).map(({ hasId }) => hasId)).toEqual([false])
})

it('parses the data of every event if all of it is JSON', () => {
  fc.assert(
    fc.property(eventsOf(json), (events) => {
      const parsed = unpack(pack(events)).map(({ parsed }) => parsed)
      expect(parsed).toEqual(events.map(({ data }) => JSON.parse(data)))
    }),
  )
})

it('parses either no data, or the same value as JSON.parse', () => {
  fc.assert(
    fc.property(eventsOf(data), (events) => {
      for (const { data, parsed } of unpack(pack(events))) {
        if (parsed !== undefined) expect(parsed).toEqual(JSON.parse(data))
      }
    }),
  )
})

it.each([['1,2'], ['[1', '2]'], ['1', '],[']])('does not treat %j as JSON', (...data) => {
  const events = data.map(eventOf)
  expect(unpack(pack(events)).map(({ parsed }) => parsed)).toEqual(data.map(() => undefined))
})

function plain(events: readonly ServerSentEvent[]): ServerSentEvent[] {
  return events.map(({ type, data, lastEventId, origin, hasId }) => ({
    type,
    data,
    lastEventId,
    origin,
    hasId,
  }))
}

function eventOf(data: string): ServerSentEvent {
  return { type: 'message', data, lastEventId: '', origin: '' }
}

function allOf(value: boolean): fc.Arbitrary<boolean[]> {
  return fc.integer({ min: 1, max: 20 }).map((length) => Array.from({ length }, () => value))
}
