import { createParser } from 'eventsource-parser'
import { EventSourceError, type TransportSink } from 'use-event-source/core'
import { readText } from './readText.ts'

/**
 * Ends an unfinished line but not its block, then completes an event: an empty one, if the body ended
 * between events.
 */
const PROBE = ':-\ndata\n\n'

/**
 * Reads a body as an event stream and reports it to `sink`, one batch for each chunk.
 *
 * @param lastEventId - the id that the stream resumes after
 * @param dispatchIncomplete - whether an event without its empty line counts at the end of the body
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  sink: TransportSink,
  origin: string,
  lastEventId: string,
  maxBufferSize: number,
  dispatchIncomplete = false,
): Promise<void> {
  /** The last event id that the sink has received. */
  let reportedId = lastEventId
  const reportId = (): void => {
    if (lastEventId !== reportedId) sink.id((reportedId = lastEventId))
  }
  let isProbe = false
  let isIncomplete = false
  const parser = createParser({
    maxBufferSize,
    onId(id) {
      if (isProbe) return
      // [spec] 9.2.6: the id changes at the end of a block, whether or not the block makes an event.
      lastEventId = id
      // An event can't report that the id was cleared, so report it now.
      if (!id) reportId()
    },
    onEvent({ id, event, data }) {
      const hasId = id !== undefined
      if (isProbe) {
        isIncomplete ||= hasId || !!event || !!data
        return
      }
      reportedId = lastEventId
      sink.event({ type: event ?? 'message', data, lastEventId, origin, hasId })
    },
    onRetry: sink.retry,
    onError(error) {
      // For example, the body ended inside a field's name, and the probe turned that into an unknown field.
      isIncomplete = isProbe
      if (isProbe || error.type !== 'max-buffer-size-exceeded') return
      reportId()
      const message = `An event is longer than ${maxBufferSize} characters: see maxBufferSize`
      sink.fail(new EventSourceError('overflow', message, { cause: error }))
    },
  })
  // The decoder strips the byte order mark. The parser would strip a second one, and also one that was
  // encoded twice, so it gets its own.
  parser.feed('\uFEFF')
  const read = (text: string): void =>
    sink.batch(() => {
      parser.feed(text)
      reportId()
    })
  if (!(await readText(body, signal, read))) return
  if (dispatchIncomplete) read('\n\n')
  // The parser does not say whether it holds a part of an event. The probe's event reveals one.
  isProbe = true
  parser.feed(PROBE)
  if (isIncomplete) sink.fail(new EventSourceError('network', 'The stream ended inside an event'))
  else sink.end(new EventSourceError('network', 'The stream has ended'))
}
