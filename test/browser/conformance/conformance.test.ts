import type { Fetch } from 'use-event-source/fetch'
import { describe, expect, it } from 'vitest'
import type { Step } from '../../support/server/script.ts'
import { type Case, expectedEvents, expectedLastEventId } from './case.ts'
import { cases, namesOf } from './cases.ts'
import { inPieces } from './inPieces.ts'
import type { Reader } from './openReader.ts'
import { type Read, readStream, RETRY } from './readStream.ts'

describe.each(Object.entries(cases))('%s', (_, group) => {
  // The native transport is the control: it shows that a browser meets the same expectations.
  describe.each(['native', 'fetch'] as const)('as read by the %s transport', (reader) => {
    const shown = group.filter(({ native }) => reader === 'fetch' || !native || native.events)

    it.each(shown.map((given) => [titleOf(given), given] as const))('%s', async (_, given) => {
      for (const read of await readEachWay(reader, given)) expectEvents(read, reader, given)
    })
  })
})

function titleOf({ name, rule }: Case): string {
  return `${name} (${rule})`
}

/** Reads the stream in one piece, and byte by byte. */
function readEachWay(reader: Reader, given: Case): Promise<Read[]> {
  const { stream, contentType = 'text/event-stream', isLong } = given
  const names = isLong ? namesOf(given) : []
  const read = (step: Step, fetch?: Fetch) => {
    const answer = { headers: { 'Content-Type': contentType }, body: [step, 'end'] as const }
    return readStream(reader, [answer], { names, fetch })
  }
  const ways = [read({ write: stream })]
  // A server cannot force single-byte reads; a `fetch` that splits its chunks can.
  if (reader === 'fetch') ways.push(read({ write: stream }, inPieces(isLong ? 1_000 : 1)))
  else if (!isLong) ways.push(read({ trickle: stream }))
  return Promise.all(ways)
}

function expectEvents(read: Read, reader: Reader, given: Case): void {
  const events = (reader === 'native' && given.native?.events) || given.events
  const { origin } = read
  expect(read.events).toEqual(expectedEvents(events).map((event) => ({ ...event, origin })))
  expect(read.lastEventIds).toEqual([null, expectedLastEventId(given) || null])
  if (reader === 'fetch') expect(read.serverRetry).toBe(given.retry ?? RETRY)
  // The clock's resolution is 1 ms. If a time was ignored, the next request came too early.
  else expect(read.waited).toBeGreaterThanOrEqual((given.retry ?? RETRY) - 1)
}
