import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { ServerEvent, Step } from './script.ts'
import { writeEvent, writeNumbered } from './writeEvents.ts'

/**
 * Plays one step on an answer that is under way; resolves once it is written, or at once if the
 * browser has gone.
 *
 * @param lastEventId - what the request carries
 */
export async function playStep(
  step: Step,
  response: ServerResponse,
  lastEventId: string | null,
): Promise<void> {
  if (response.destroyed || response.writableEnded) return
  if (step === 'end') response.end()
  else if (step === 'reset') response.socket?.resetAndDestroy()
  else if ('retry' in step) response.write(`retry: ${step.retry}\n\n`)
  else if ('send' in step) response.write(listOf(step.send).map(writeEvent).join(''))
  else if ('burst' in step) response.write([...writeNumbered(step.burst, lastEventId)].join(''))
  else await writeEach(writeNumbered(step.flood, lastEventId), response)
}

async function writeEach(chunks: Iterable<string>, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  for (const chunk of chunks) {
    if (response.destroyed) return
    if (response.write(chunk)) continue
    await once(response, 'drain', gone).catch(() => {})
  }
}

function listOf(events: ServerEvent | readonly ServerEvent[]): readonly ServerEvent[] {
  return 'data' in events ? [events] : events
}
