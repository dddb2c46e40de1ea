import { createParser } from 'eventsource-parser'
import { EventSourceError, type TransportSink } from 'use-event-source/core'
import { readText } from './readText.ts'

/**
 * Reads a body as an event stream and tells it to `sink`, what is in a chunk together.
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
  /** The last event id that the sink knows of. */
  let told = lastEventId
  const tellId = (): void => {
    if (lastEventId !== told) sink.id((told = lastEventId))
  }
  const parser = createParser({
    maxBufferSize,
    onId(id) {
      // [spec] 9.2.6: it moves at the end of a block, whether or not that makes an event.
      lastEventId = id
      // That there is none any more, an event can't say.
      if (!id) tellId()
    },
    onEvent({ event: type = 'message', data }) {
      told = lastEventId
      sink.event({ type, data, lastEventId, origin })
    },
    onRetry: sink.retry,
    onError(error) {
      if (error.type !== 'max-buffer-size-exceeded') return
      tellId()
      const message = `An event is longer than ${maxBufferSize} characters: see maxBufferSize`
      sink.fail(new EventSourceError('overflow', message, { cause: error }))
    },
  })
  // The parser strips a byte order mark as well, also one that was decoded wrongly: it has had its own.
  parser.feed('\uFEFF')
  await readText(body, signal, (text) =>
    sink.batch(() => {
      parser.feed(text)
      tellId()
    }),
  )
  sink.done(new EventSourceError('network', 'The stream has ended'))
}
