import type { Case } from '../case.ts'

const rule = '9.2.6, processing a field named retry'

/** Values that are not of digits alone. Each would keep the next request waiting for over an hour. */
const WRONG = [
  '+6000000',
  '-6000000',
  '6000000.0',
  '6e6',
  '0x600000',
  '6000000ms',
  '6000 000',
  '6,000,000',
  ' 6000000',
  '6000000 ',
  '٦٠٠٠٠٠٠',
  '6000000\0',
  'Infinity',
]

export const retry: Case[] = [
  {
    name: 'digits set the time to reconnect',
    rule,
    stream: 'retry: 150\ndata: a\n\n',
    events: [{ data: 'a' }],
    retry: 150,
  },
  {
    name: 'they count from the end of their line on, without an empty one',
    rule,
    stream: 'retry:150\n',
    events: [],
    retry: 150,
  },
  {
    name: 'a line that the stream ends in the middle of sets nothing',
    rule: '9.2.6, the end of the file',
    stream: 'retry: 6000000',
    events: [],
  },
  {
    name: 'leading zeros change nothing',
    rule: `${rule}: in base ten`,
    stream: 'retry: 00150\n\n',
    events: [],
    retry: 150,
  },
  {
    name: 'zero is a time',
    rule,
    stream: 'retry: 600000\nretry: 0\n\n',
    events: [],
    retry: 0,
  },
  {
    name: 'the last one counts',
    rule,
    stream: 'retry: 600000\n\nretry: 150\n\n',
    events: [],
    retry: 150,
  },
  {
    name: 'a value of more than digits is ignored',
    rule,
    stream: WRONG.map((value) => `retry: ${value}\n`).join(''),
    events: [],
  },
  {
    name: 'an empty value is ignored',
    rule: `${rule}: no digits, no integer`,
    stream: 'retry\nretry:\nretry: \ndata: a\n\n',
    events: [{ data: 'a' }],
    native: { why: 'Chromium goes back to its default, which is some seconds' },
  },
  {
    name: 'it is no event, and forgets no name',
    rule,
    stream: 'event: n\nretry: 150\ndata: a\n\nretry: 150\n\n',
    events: [{ type: 'n', data: 'a' }],
    retry: 150,
  },
  {
    name: 'a time of years is taken as it is',
    rule,
    stream: 'retry: 99999999999\ndata: a\n\n',
    events: [{ data: 'a' }],
    retry: 99_999_999_999,
    native: { why: 'Chromium obeys: the next request would come in three years' },
  },
]
