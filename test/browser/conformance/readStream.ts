import type { ServerSentEvent } from 'use-event-source/core'
import type { Reply } from '../../support/server/script.ts'
import { openStream } from '../support/openStream.ts'
import { openReader, type Reader, type ReaderOptions } from './openReader.ts'

/** The result of reading a stream. */
export interface Read {
  readonly events: readonly ServerSentEvent[]
  readonly origin: string
  /** The `Last-Event-ID` of the request for each answer, and of the one after; `null` for none. */
  readonly lastEventIds: readonly (string | null)[]
  /** The server's time to reconnect, as the retry policy receives it; fetch only. */
  readonly serverRetry: number | undefined
  /** The time between the last two requests, in ms. */
  readonly waited: number
}

/** The time to reconnect until the stream sets another, in ms. */
export const RETRY = 1

/** Reads a stream, answer by answer, up to the request after the last one. */
export async function readStream(
  reader: Reader,
  answers: readonly Reply[],
  options?: ReaderOptions,
): Promise<Read> {
  const stream = await openStream(
    // The time is set in an answer of its own, so that each case keeps its first byte.
    { body: [{ retry: RETRY }, 'end'] },
    ...answers,
    {},
  )
  const reading = openReader(reader, stream.url, options)
  const { requests } = await stream.until({ requests: answers.length + 2 })
  const [before, last] = requests.slice(-2)
  return {
    ...reading,
    origin: new URL(stream.url).origin,
    lastEventIds: requests.slice(1).map(({ lastEventId }) => lastEventId),
    waited: (last?.at ?? NaN) - (before?.at ?? NaN),
  }
}
