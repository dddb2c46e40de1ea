import type { Case } from '../case.ts'

const rule = '9.2.6, processing a field named retry'

/**
 * Values with characters other than digits. If one counted, the next request would be over an hour
 * late.
 */
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
    name: 'the time takes effect at the end of its line, without an empty line',
    rule,
    stream: 'retry:150\n',
    events: [],
    retry: 150,
  },
  {
    name: 'an incomplete line at the end of the stream sets no time',
    rule: '9.2.6, the end of the file',
    stream: 'retry: 6000000',
    events: [],
  },
  {
    name: 'leading zeros are ignored',
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
    name: 'the last time counts',
    rule,
    stream: 'retry: 600000\n\nretry: 150\n\n',
    events: [],
    retry: 150,
  },
  {
    name: 'a value with characters other than digits is ignored',
    rule,
    stream: WRONG.map((value) => `retry: ${value}\n`).join(''),
    events: [],
  },
  {
    name: 'an empty value is ignored',
    rule: `${rule}: no digits, no integer`,
    stream: 'retry\nretry:\nretry: \ndata: a\n\n',
    events: [{ data: 'a' }],
    native: { why: 'Chromium returns to its default of a few seconds' },
  },
  {
    name: 'a retry field is not an event, and does not clear the name',
    rule,
    stream: 'event: n\nretry: 150\ndata: a\n\nretry: 150\n\n',
    events: [{ type: 'n', data: 'a' }],
    retry: 150,
  },
  {
    name: 'a time of years is accepted',
    rule,
    stream: 'retry: 99999999999\ndata: a\n\n',
    events: [{ data: 'a' }],
    retry: 99_999_999_999,
    native: { why: 'Chromium waits: the next request would come in three years' },
  },
]
