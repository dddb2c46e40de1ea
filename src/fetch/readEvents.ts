import { createParser } from 'eventsource-parser'
import { EventSourceError, type TransportSink } from 'use-event-source/core'
import { readText } from './readText.ts'

/**
 * Reads a body as an event stream and reports it to `sink`, one batch for each chunk.
 *
 * @param lastEventId - the id that the stream resumes after
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  sink: TransportSink,
  origin: string,
  lastEventId: string,
  maxBufferSize: number,
): Promise<void> {
  /** The last event id that the sink has received. */
  let reportedId = lastEventId
  const reportId = (): void => {
    if (lastEventId !== reportedId) sink.id((reportedId = lastEventId))
  }
  const parser = createParser({
    maxBufferSize,
    onId(id) {
      // [spec] 9.2.6: the id changes at the end of a block, whether or not the block makes an event.
      lastEventId = id
      // An event can't report that the id was cleared, so report it now.
      if (!id) reportId()
    },
    onEvent({ event: type = 'message', data }) {
      reportedId = lastEventId
      sink.event({ type, data, lastEventId, origin })
    },
    onRetry: sink.retry,
    onError(error) {
      if (error.type !== 'max-buffer-size-exceeded') return
      reportId()
      const message = `An event is longer than ${maxBufferSize} characters: see maxBufferSize`
      sink.fail(new EventSourceError('overflow', message, { cause: error }))
    },
  })
  // The decoder strips the byte order mark. The parser would strip a second one, and also one that was
  // encoded twice, so it gets its own.
  parser.feed('\uFEFF')
  await readText(body, signal, (text) =>
    sink.batch(() => {
      parser.feed(text)
      reportId()
    }),
  )
  sink.end(new EventSourceError('network', 'The stream has ended'))
}
