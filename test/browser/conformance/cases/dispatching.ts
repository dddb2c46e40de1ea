import type { Case } from '../case.ts'

const data = '9.2.6, appending to the data buffer, and removing the line feed at its end'
const dispatch = '9.2.6, dispatching: both buffers are reset'
const noData = '9.2.6, dispatching with an empty data buffer'
const type = '9.2.6, dispatching: the type is the event type buffer, unless it is empty'
const end = '9.2.6, the end of the file'

/** Names with a meaning elsewhere: to EventSource, to every event target, to every object. */
const NAMES = ['open', 'error', 'message', 'close', '__proto__', 'constructor', 'toString', '0']

export const dispatching: Case[] = [
  {
    name: 'empty data is dispatched as an event',
    rule: data,
    stream: 'data:\n\ndata: \n\ndata\n\n',
    events: [{ data: '' }, { data: '' }, { data: '' }],
  },
  {
    name: 'an empty line of data is kept at any position',
    rule: data,
    stream: 'data: a\ndata:\ndata: b\n\ndata\ndata: c\ndata\ndata\n\n',
    events: [{ data: 'a\n\nb' }, { data: '\nc\n\n' }],
  },
  {
    name: 'an event without a name is a message',
    rule: type,
    stream: 'data: a\n\nevent: \ndata: b\n\nevent:message\ndata: c\n\n',
    events: [{ data: 'a' }, { data: 'b' }, { data: 'c' }],
  },
  {
    name: 'the last name of an event counts, even if it is empty',
    rule: '9.2.6, setting the event type buffer',
    stream: 'event: a\nevent: n\ndata: 1\n\nevent: n\nevent:\ndata: 2\n\n',
    events: [
      { type: 'n', data: '1' },
      { type: 'message', data: '2' },
    ],
  },
  {
    name: 'a name is used unchanged',
    rule: type,
    stream: 'event:  n \ndata: 1\n\nevent: événement 😀\ndata: 2\n\nevent: a:b\ndata: 3\n\n',
    events: [
      { type: ' n ', data: '1' },
      { type: 'événement 😀', data: '2' },
      { type: 'a:b', data: '3' },
    ],
  },
  {
    name: 'a name may be any word, even one with a meaning elsewhere',
    rule: type,
    stream: NAMES.map((name) => `event: ${name}\ndata: ${name}!\n\n`).join(''),
    events: NAMES.map((name) => ({ type: name, data: `${name}!` })),
  },
  {
    name: 'a name may be as long as a megabyte',
    rule: type,
    stream: `event: ${'n'.repeat(1_000_000)}\ndata: a\n\n`,
    events: [{ type: 'n'.repeat(1_000_000), data: 'a' }],
    isLong: true,
  },
  {
    name: 'a name applies to one event only',
    rule: dispatch,
    stream: 'event: n\ndata: a\n\ndata: b\n\n',
    events: [{ type: 'n', data: 'a' }, { data: 'b' }],
  },
  {
    name: 'a block without data is not an event, and its name is dropped',
    rule: noData,
    stream: 'event: n\n\ndata: a\n\nevent: n\nid: 1\n\ndata: b\n\n',
    events: [{ data: 'a' }, { data: 'b', lastEventId: '1' }],
  },
  {
    name: 'an event without its empty line at the end of the stream is dropped',
    rule: end,
    stream: 'data: a\n\nevent: n\ndata: b\n',
    events: [{ data: 'a' }],
  },
  {
    name: 'an incomplete line at the end of the stream is dropped',
    rule: end,
    stream: 'data: a\n\ndata: b\ndata',
    events: [{ data: 'a' }],
  },
  {
    name: 'an event without any line end is dropped',
    rule: end,
    stream: 'data: a',
    events: [],
  },
  {
    name: 'an unfinished event at the end of the stream does not change the last event id',
    rule: end,
    stream: 'id: 1\ndata: a\n\nid: 2\ndata: b\n',
    events: [{ data: 'a', lastEventId: '1' }],
  },
  {
    name: 'an id at the end of the stream, without an empty line after it, does not count',
    rule: end,
    stream: 'id: 1\n',
    events: [],
    lastEventId: null,
  },
]
