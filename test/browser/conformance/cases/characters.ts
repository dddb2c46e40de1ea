import type { Case } from '../case.ts'

const bom = '9.2.6, UTF-8 decode strips one byte order mark'
const utf8 = '9.2.6, UTF-8 decode'
const anyChar = '9.2.5, any-char'

export const characters: Case[] = [
  {
    name: 'a byte order mark at the beginning is removed',
    rule: bom,
    stream: '\uFEFFdata: a\n\n',
    events: [{ data: 'a' }],
  },
  {
    name: 'a byte order mark before an empty line is removed',
    rule: bom,
    stream: '\uFEFF\ndata: a\n\ndata: b\n\n',
    events: [{ data: 'a' }, { data: 'b' }],
    native: {
      why: 'Chromium reads a line feed right after the mark as part of the next line',
      events: [{ data: 'b' }],
    },
  },
  {
    name: 'a byte order mark before a comment is removed',
    rule: bom,
    stream: '\uFEFF: x\ndata: a\n\n',
    events: [{ data: 'a' }],
  },
  {
    name: 'a second byte order mark is part of the name',
    rule: bom,
    stream: '\uFEFF\uFEFFdata: a\ndata: b\n\n',
    events: [{ data: 'b' }],
  },
  {
    name: 'a later byte order mark is a character like any other',
    rule: bom,
    stream: 'data: \uFEFFa\uFEFF\n\n\uFEFFdata: b\ndata: c\n\n',
    events: [{ data: '\uFEFFa\uFEFF' }, { data: 'c' }],
  },
  {
    name: 'two of the three bytes of a byte order mark do not count as one',
    rule: bom,
    stream: [0xef, 0xbb, 'data: a\ndata: b\n\n'],
    events: [{ data: 'b' }],
  },
  {
    name: 'the characters U+00EF, U+00BB and U+00BF do not count as a byte order mark',
    rule: bom,
    stream: '\u00EF\u00BB\u00BFdata: a\ndata: b\n\n',
    events: [{ data: 'b' }],
  },
  {
    name: 'a byte order mark of UTF-16 does not count as one',
    rule: bom,
    stream: [0xff, 0xfe, 'data: a\ndata: b\n\n'],
    events: [{ data: 'b' }],
  },
  {
    name: 'characters have two, three or four bytes',
    rule: utf8,
    stream: 'data: é日😀\u{10FFFF}\uFFFF\n\n',
    events: [{ data: 'é日😀\u{10FFFF}\uFFFF' }],
  },
  {
    name: 'a byte that cannot begin a character is replaced',
    rule: utf8,
    stream: ['data: a', 0xff, 'b', 0x80, 'c\n\n'],
    events: [{ data: 'a\uFFFDb\uFFFDc' }],
  },
  {
    name: 'an incomplete character is replaced, and the bytes after it are kept',
    rule: utf8,
    stream: ['data: a', 0xe6, 0x97, 'b', 0xf0, 0x9f, 0x98, '\ndata: ', 0xc3, '\r\n\r\n'],
    events: [{ data: 'a\uFFFDb\uFFFD\n\uFFFD' }],
  },
  {
    name: 'an overlong character is replaced, byte by byte',
    rule: utf8,
    stream: ['data: ', 0xc0, 0x8a, 0xe0, 0x80, 0x8a, '\n\n'],
    events: [{ data: '\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD' }],
  },
  {
    name: 'half of a surrogate pair is replaced, byte by byte',
    rule: utf8,
    stream: ['data: ', 0xed, 0xa0, 0xbd, '\n\n'],
    events: [{ data: '\uFFFD\uFFFD\uFFFD' }],
  },
  {
    name: 'an invalid byte is replaced in a name and in an id too',
    rule: utf8,
    stream: ['event: ', 0xff, '\nid: ', 0xff, '1\ndata: a\n\n'],
    events: [{ type: '\uFFFD', data: 'a', lastEventId: '\uFFFD1' }],
  },
  {
    name: 'an incomplete character at the end of the stream does not affect earlier events',
    rule: '9.2.6, the end of the file',
    stream: ['data: a\n\ndata: ', 0xe6, 0x97],
    events: [{ data: 'a' }],
  },
  {
    name: 'control characters are kept, NUL among them',
    rule: anyChar,
    stream: 'event: \0n\ndata: a\0b\u0001\u001b\u007f\0\n\n',
    events: [{ type: '\0n', data: 'a\0b\u0001\u001b\u007f\0' }],
  },
  {
    name: 'the content type may declare UTF-8',
    rule: '9.2.2, the content type; 9.2.6, UTF-8 decode',
    contentType: 'text/event-stream; charset=UTF-8',
    stream: 'data: é\n\n',
    events: [{ data: 'é' }],
  },
  {
    name: 'a stream is UTF-8 even if the content type declares another charset',
    rule: '9.2.2, the content type; 9.2.6, UTF-8 decode',
    contentType: 'Text/Event-Stream;charset=iso-8859-1',
    stream: 'data: é\n\n',
    events: [{ data: 'é' }],
    native: { why: 'Chromium closes a stream that declares a charset other than UTF-8' },
  },
]
