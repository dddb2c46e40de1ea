import type { Case } from '../case.ts'

const bom = '9.2.6, UTF-8 decode strips one byte order mark'
const utf8 = '9.2.6, UTF-8 decode'
const anyChar = '9.2.5, any-char'

export const characters: Case[] = [
  {
    name: 'a byte order mark at the beginning is left away',
    rule: bom,
    stream: '\uFEFFdata: a\n\n',
    events: [{ data: 'a' }],
  },
  {
    name: 'a byte order mark before an empty line is left away',
    rule: bom,
    stream: '\uFEFF\ndata: a\n\ndata: b\n\n',
    events: [{ data: 'a' }, { data: 'b' }],
    native: {
      why: 'Chromium takes a line feed that follows the mark at once for a part of the next line',
      events: [{ data: 'b' }],
    },
  },
  {
    name: 'a byte order mark before a comment is left away',
    rule: bom,
    stream: '\uFEFF: x\ndata: a\n\n',
    events: [{ data: 'a' }],
  },
  {
    name: 'a second byte order mark is a part of the name',
    rule: bom,
    stream: '\uFEFF\uFEFFdata: a\ndata: b\n\n',
    events: [{ data: 'b' }],
  },
  {
    name: 'a byte order mark further on is a character like any other',
    rule: bom,
    stream: 'data: \uFEFFa\uFEFF\n\n\uFEFFdata: b\ndata: c\n\n',
    events: [{ data: '\uFEFFa\uFEFF' }, { data: 'c' }],
  },
  {
    name: 'two of the three bytes of a byte order mark are none',
    rule: bom,
    stream: [0xef, 0xbb, 'data: a\ndata: b\n\n'],
    events: [{ data: 'b' }],
  },
  {
    name: 'three characters that are called like the bytes of a byte order mark are none',
    rule: bom,
    stream: '\u00EF\u00BB\u00BFdata: a\ndata: b\n\n',
    events: [{ data: 'b' }],
  },
  {
    name: 'a byte order mark of UTF-16 is none',
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
    name: 'a byte that begins no character is replaced',
    rule: utf8,
    stream: ['data: a', 0xff, 'b', 0x80, 'c\n\n'],
    events: [{ data: 'a\uFFFDb\uFFFDc' }],
  },
  {
    name: 'a character that breaks off is replaced, and what follows is kept',
    rule: utf8,
    stream: ['data: a', 0xe6, 0x97, 'b', 0xf0, 0x9f, 0x98, '\ndata: ', 0xc3, '\r\n\r\n'],
    events: [{ data: 'a\uFFFDb\uFFFD\n\uFFFD' }],
  },
  {
    name: 'a character in more bytes than it needs is replaced, byte by byte',
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
    name: 'a byte that is no character is replaced in a name and in an id, too',
    rule: utf8,
    stream: ['event: ', 0xff, '\nid: ', 0xff, '1\ndata: a\n\n'],
    events: [{ type: '\uFFFD', data: 'a', lastEventId: '\uFFFD1' }],
  },
  {
    name: 'a character that the stream ends in the middle of harms nothing before it',
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
    name: 'the charset may be said to be UTF-8',
    rule: '9.2.2, the content type; 9.2.6, UTF-8 decode',
    contentType: 'text/event-stream; charset=UTF-8',
    stream: 'data: é\n\n',
    events: [{ data: 'é' }],
  },
  {
    name: 'a stream is UTF-8 whatever charset it is said to be',
    rule: '9.2.2, the content type; 9.2.6, UTF-8 decode',
    contentType: 'Text/Event-Stream;charset=iso-8859-1',
    stream: 'data: é\n\n',
    events: [{ data: 'é' }],
    native: { why: 'Chromium closes a stream that is said to be anything but UTF-8' },
  },
]
