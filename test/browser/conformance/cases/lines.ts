import type { Case } from '../case.ts'

const rule = '9.2.6, the ways in which a line can end'
const comments = '9.2.6, a line that starts with a colon'

export const lines: Case[] = [
  {
    name: 'LF ends a line',
    rule,
    stream: 'data: a\ndata: b\n\n',
    events: [{ data: 'a\nb' }],
  },
  {
    name: 'CR ends a line',
    rule,
    stream: 'data: a\rdata: b\r\rdata: c\r\r',
    events: [{ data: 'a\nb' }, { data: 'c' }],
  },
  {
    name: 'CRLF ends a line, and only one',
    rule,
    stream: 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n',
    events: [{ data: 'a\nb' }, { data: 'c' }],
  },
  {
    name: 'one stream may end its lines in all three ways',
    rule,
    stream: 'data: a\ndata: b\rdata: c\r\n\r\ndata: d\r\n\rdata: e\n\r\n',
    events: [{ data: 'a\nb\nc' }, { data: 'd' }, { data: 'e' }],
  },
  {
    name: 'LF and CR, in this order, end two lines',
    rule,
    stream: 'data: a\n\rdata: b\r\r',
    events: [{ data: 'a' }, { data: 'b' }],
  },
  {
    name: 'CR before CRLF ends a line of its own',
    rule,
    stream: 'data: a\r\r\ndata: b\n\n',
    events: [{ data: 'a' }, { data: 'b' }],
  },
  {
    name: 'CR as the last byte ends a line',
    rule,
    stream: 'data: a\n\r',
    events: [{ data: 'a' }],
  },
  {
    name: 'no other character ends a line',
    rule,
    stream: 'data: a\u2028b\u2029c\u0085d\u000be\u000cf\n\n',
    events: [{ data: 'a\u2028b\u2029c\u0085d\u000be\u000cf' }],
  },
  {
    name: 'any number of empty lines may separate events',
    rule: '9.2.6, dispatching with an empty data buffer',
    stream: '\n\r\r\n\ndata: a\n\n\n\r\n\r\ndata: b\n\n\n',
    events: [{ data: 'a' }, { data: 'b' }],
  },
  {
    name: 'a line may be as long as a megabyte',
    rule: '9.2.5, any number of any-char',
    stream: `id: 1\ndata: ${'é1'.repeat(500_000)}\n\n`,
    events: [{ data: 'é1'.repeat(500_000), lastEventId: '1' }],
    isLong: true,
  },
  {
    name: 'an event may have ten thousand lines',
    rule: '9.2.5, any number of fields',
    stream: `${'data: a\r\n'.repeat(10_000)}\r\n`,
    events: [{ data: `a${'\na'.repeat(9_999)}` }],
    isLong: true,
  },
  {
    name: 'a comment is ignored before, inside and after an event',
    rule: comments,
    stream: ': x\ndata: a\n:y\ndata: b\n:\n\n:z\n',
    events: [{ data: 'a\nb' }],
  },
  {
    name: 'a block of comments is not an event',
    rule: comments,
    stream: ': a\n\n:\n:\n\n:b',
    events: [],
  },
  {
    name: 'a field in a comment is ignored',
    rule: comments,
    stream: ':data: a\n: data: b\n:id: 1\n:event: n\n\ndata: c\n\n',
    events: [{ data: 'c' }],
  },
  {
    name: 'an event with a hundred thousand comments is read',
    rule: comments,
    stream: `data: a\n${': x\n\n:\n'.repeat(50_000)}data: b\n\n`,
    events: [{ data: 'a' }, { data: 'b' }],
    isLong: true,
  },
  {
    name: 'a stream without lines has no events',
    rule: '9.2.5, a stream is any number of events',
    stream: '',
    events: [],
  },
]
