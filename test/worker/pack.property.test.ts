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
  const events = data.map((data) => ({ type: 'message', data, lastEventId: '', origin: '' }))
  expect(unpack(pack(events)).map(({ parsed }) => parsed)).toEqual(data.map(() => undefined))
})

function plain(events: readonly ServerSentEvent[]): ServerSentEvent[] {
  return events.map(({ type, data, lastEventId, origin }) => ({ type, data, lastEventId, origin }))
}
