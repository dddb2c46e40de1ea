import { decode, json, text } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  checkChannels,
  checkDecoders,
  checkEvents,
} from '../../../src/core/misuse/checkChannels.ts'

describe('channels', () => {
  it.each<[string, unknown]>([
    ['The channel `quote` is a function: call it, as in json()', { quote: json }],
    ['The channel `quote` is a function: call it, as in json()', { quote: json().last }],
    ['The channel `quote` is undefined: give json() or another channel', { quote: undefined }],
    ['The channel `quote` is null: give json() or another channel', { a: json(), quote: null }],
    ['The channel `quote` is "json": give json() or another channel', { quote: 'json' }],
    ['The channel `quote` is an array: give json() or another channel', { quote: [json()] }],
    ['The channel `quote` is a schema: give json(schema)', { quote: z.string() }],
    [
      'The channel `quote` is an object: give json() or another channel',
      { quote: { decode() {} } },
    ],
    [
      '`heartbeat` is an option: give the options as the argument after the channels',
      { heartbeat: 5_000 },
    ],
    [
      '`onError` is an option: give the options as the argument after the channels',
      { quote: json(), onError: () => {} },
    ],
    ['`channels` is a channel: give a map, as in { quote: json() }', json()],
    ['`channels` is a function: give a map, as in { quote: json() }', json],
    ['`channels` is an array: give a map, as in { quote: json() }', ['quote']],
    ['`channels` is null: give a map, as in { quote: json() }', null],
    ['`channels` is "quote": give a map, as in { quote: json() }', 'quote'],
  ])('throw a TypeError with the fix: %s', (sentence, channels) => {
    expect(() => checkChannels(channels)).toThrow(new TypeError(sentence))
  })

  it('are accepted under any name, also that of an option', () => {
    const channels = { retry: json(), a: text().last(2), decode: decode(String), shape: json() }
    expect(() =>
      checkChannels({ ...channels, constructor: text().forEach(() => {}) }),
    ).not.toThrow()
    expect(() => checkChannels({})).not.toThrow()
    expect(() => checkChannels(Object.create(null))).not.toThrow()
  })
})

describe('decoders', () => {
  it.each([json().last(2), text().forEach(() => {}), json().latestBy(String)])(
    'throw a TypeError for a channel that is none',
    (channel) => {
      expect(() => checkDecoders({ a: text(), quote: channel })).toThrow(
        new TypeError('`quote` is a channel: give its decoder, without .last() and the like'),
      )
    },
  )

  it('throw the same errors as channels', () => {
    expect(() => checkDecoders({ quote: json })).toThrow('call it, as in json()')
  })

  it('are accepted', () => {
    const decoders = { a: text(), b: json(z.string()), c: decode(String), d: json().from('e') }
    expect(() => checkDecoders(decoders)).not.toThrow()
  })
})

describe('the events of a hook', () => {
  it.each<[string, unknown]>([
    ['`events` is "quote": give a map, as in { quote: json() }, or an array of names', 'quote'],
    ['`events` is null: give a map, as in { quote: json() }, or an array of names', null],
    ['`events` is a function: give a map, as in { quote: json() }, or an array of names', json],
    ['`events` is a channel: give a map, as in { quote: json() }', json()],
    ['`events[1]` is 5: give an array of names, or a map, as in { quote: json() }', ['quote', 5]],
    [
      '`events[0]` is an object: give an array of names, or a map, as in { quote: json() }',
      [json()],
    ],
  ])('throw a TypeError with the fix: %s', (sentence, events) => {
    expect(() => checkEvents(events)).toThrow(new TypeError(sentence))
  })

  it.each([[[]], [['a', 'b']], [{}], [{ a: json() }]])('are accepted: %o', (events) => {
    expect(() => checkEvents(events)).not.toThrow()
  })
})
