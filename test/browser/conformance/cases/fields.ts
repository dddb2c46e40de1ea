import type { Case } from '../case.ts'

const value = '9.2.6, a line that contains a colon: the value follows the first one'
const name = '9.2.6, a line that contains a colon: the name precedes the first one'
const bare = '9.2.6, a line without a colon'
const unknown = '9.2.6, processing a field of any other name'

export const fields: Case[] = [
  {
    name: 'one space after the colon is removed, and only one',
    rule: value,
    stream: 'data:a\n\ndata: a\n\ndata:  a\n\n',
    events: [{ data: 'a' }, { data: 'a' }, { data: ' a' }],
  },
  {
    name: 'a tab or a no-break space after the colon is part of the value',
    rule: value,
    stream: 'data:\ta\n\ndata:\u00a0a\n\n',
    events: [{ data: '\ta' }, { data: '\u00a0a' }],
  },
  {
    name: 'spaces at the end are part of the value',
    rule: value,
    stream: 'data: a  \n\n',
    events: [{ data: 'a  ' }],
  },
  {
    name: 'a colon in the value is part of it',
    rule: value,
    stream: 'data: a: b:c\n\ndata::a\n\ndata: :\n\n',
    events: [{ data: 'a: b:c' }, { data: ':a' }, { data: ':' }],
  },
  {
    name: 'a space before the colon or before the name makes another name',
    rule: name,
    stream: 'data : a\n data: b\n\tdata: c\n data\n : d\ndata: e\n\n',
    events: [{ data: 'e' }],
  },
  {
    name: 'a line with only a space is not empty',
    rule: bare,
    stream: 'data: a\n \ndata: b\n\n',
    events: [{ data: 'a\nb' }],
  },
  {
    name: 'a field without a colon has an empty value',
    rule: bare,
    stream: 'data\n\ndata\ndata\n\nevent: n\nevent\ndata\n\n',
    events: [{ data: '' }, { data: '\n' }, { data: '' }],
  },
  {
    name: 'field names are case-sensitive',
    rule: '9.2.6, names are compared literally',
    stream: 'Data: a\nDATA: b\nEvent: n\nID: 1\nRETRY: 600000\ndata: c\n\n',
    events: [{ data: 'c' }],
  },
  {
    name: 'an unknown field is ignored',
    rule: unknown,
    stream: 'foo: 1\nbar\ndata: a\n{"data": 1}\n<p>\n\n',
    events: [{ data: 'a' }],
  },
  {
    name: 'a field whose name is part of a known one, or extends it, is unknown',
    rule: unknown,
    stream:
      'd: 1\ndat: 2\ndatas: 3\ndatax\ne: 4\nevents: 5\ni: 6\nids: 7\nretryx: 600000\ndata: a\n\n',
    events: [{ data: 'a' }],
  },
  {
    name: 'a NUL in a name makes another name',
    rule: unknown,
    stream: 'da\0ta: a\ndata\0: b\n\0data: c\ndata: d\n\n',
    events: [{ data: 'd' }],
  },
  {
    name: 'fields come in any order',
    rule: '9.2.5, an event is fields and comments',
    stream: 'data: a\nid: 1\nevent: n\n\nid: 2\ndata: b\nevent: n\ndata: c\n\n',
    events: [
      { type: 'n', data: 'a', lastEventId: '1' },
      { type: 'n', data: 'b\nc', lastEventId: '2' },
    ],
  },
]
