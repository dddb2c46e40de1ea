import type { ServerSentEvent } from 'use-event-source/core'
import type { Reply } from '../../support/server/script.ts'
import { openStream } from '../support/openStream.ts'
import { openReader, type Reader, type ReaderOptions } from './openReader.ts'

/** What a client has read of a stream. */
export interface Read {
  readonly events: readonly ServerSentEvent[]
  readonly origin: string
  /** The `Last-Event-ID` of the request for each answer, and of the one after them; `null` for none. */
  readonly lastEventIds: readonly (string | null)[]
  /** The server's time to reconnect as the retry policy is told of it; not with the native reader. */
  readonly serverRetry: number | undefined
  /** For how many ms, at least, the last request kept waiting. */
  readonly waited: number
}

/** The time to reconnect before the stream says another, in ms. */
export const RETRY = 1

/** Lets a client read a stream, answer by answer, up to the request that follows the last one. */
export async function readStream(
  reader: Reader,
  answers: readonly Reply[],
  options?: ReaderOptions,
): Promise<Read> {
  const stream = await openStream(
    // In an answer of its own, since nothing may stand before the first byte of those to read.
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
