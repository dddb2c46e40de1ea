import type { Case } from '../case.ts'

const buffer = '9.2.6, setting the last event ID buffer'
const dispatch = '9.2.6, dispatching: the last event ID string is set, the buffer is not reset'
const header = '9.2.3, reestablishing the connection: the last event ID string, encoded as UTF-8'

/** Returns a case of one event with this id. */
function oneOf(name: string, rule: string, id: string): Case {
  return {
    name,
    rule,
    stream: `id: ${id}\ndata: a\n\n`,
    events: [{ data: 'a', lastEventId: id }],
  }
}

export const ids: Case[] = [
  {
    name: 'an id stays until another one comes',
    rule: dispatch,
    stream: 'data: a\n\nid: 1\ndata: b\n\ndata: c\n\nid: 2\ndata: d\n\nevent: n\ndata: e\n\n',
    events: [
      { data: 'a' },
      { data: 'b', lastEventId: '1' },
      { data: 'c', lastEventId: '1' },
      { data: 'd', lastEventId: '2' },
      { type: 'n', data: 'e', lastEventId: '2' },
    ],
  },
  {
    name: 'the last id of an event counts, even after the data',
    rule: buffer,
    stream: 'id: 1\ndata: a\nid: 2\n\n',
    events: [{ data: 'a', lastEventId: '2' }],
  },
  {
    name: 'a block with only an id changes the last event id',
    rule: dispatch,
    stream: 'id: 1\ndata: a\n\nid: 2\n\n',
    events: [{ data: 'a', lastEventId: '1' }],
    lastEventId: '2',
  },
  {
    name: 'an event has the id of the block before it',
    rule: dispatch,
    stream: 'id: 1\n\ndata: a\n\nid: 2\nevent: n\n\n: x\n\ndata: b\n\n',
    events: [
      { data: 'a', lastEventId: '1' },
      { data: 'b', lastEventId: '2' },
    ],
  },
  {
    name: 'an empty id clears the last event id',
    rule: buffer,
    stream: 'id: 1\ndata: a\n\nid\ndata: b\n\nid: 2\ndata: c\n\nid:\ndata: d\n\n',
    events: [
      { data: 'a', lastEventId: '1' },
      { data: 'b' },
      { data: 'c', lastEventId: '2' },
      { data: 'd' },
    ],
    lastEventId: null,
  },
  {
    name: 'a block with only an empty id clears the last event id',
    rule: dispatch,
    stream: 'id: 1\ndata: a\n\nid\n\n',
    events: [{ data: 'a', lastEventId: '1' }],
    lastEventId: null,
  },
  {
    name: 'an id with a NUL at any position is ignored',
    rule: buffer,
    stream:
      'id: \0\ndata: a\n\nid: 1\nid: 2\0\ndata: b\n\nid: \x003\ndata: c\n\nid: 4\x005\n\ndata: d\n\n',
    events: [
      { data: 'a' },
      { data: 'b', lastEventId: '1' },
      { data: 'c', lastEventId: '1' },
      { data: 'd', lastEventId: '1' },
    ],
  },
  oneOf('an id of digits is not read as a number', buffer, '007'),
  oneOf('an id may be zero', buffer, '0'),
  oneOf('an id may exceed the safe integers', buffer, '9007199254740993'),
  oneOf('an id may be JSON', buffer, '{"at": 1, "in": "a:b"}'),
  {
    name: 'spaces around an id are part of it, but not of the header',
    rule: `${buffer}; Fetch, 2.2.2: a header value is stripped of them`,
    stream: 'id:  7 \ndata: a\n\n',
    events: [{ data: 'a', lastEventId: ' 7 ' }],
    lastEventId: '7',
  },
  oneOf('an id in Latin-1 is sent back in UTF-8', header, 'é'),
  oneOf('an id outside Latin-1 is sent back in UTF-8', header, '日本'),
  oneOf('an id outside the basic plane is sent back in UTF-8', header, '😀'),
  oneOf('an id that mixes these ranges is sent back in UTF-8', header, 'a é 日 😀 ÿ'),
  {
    ...oneOf('an id may have 64 KB', header, 'é'.repeat(32_768)),
    isLong: true,
  },
]
