import type { Outlet } from './createOutlet.ts'
import type { ServerEvent, Step } from './script.ts'
import { toBytes } from './toBytes.ts'
import { writeEvent, writeNumbered, writePart } from './writeEvents.ts'

/**
 * Plays one step on an open answer; resolves once it is written, or at once if the client has
 * disconnected.
 *
 * @param lastEventId - the last event id of the request
 */
export async function playStep(
  step: Step,
  outlet: Outlet,
  lastEventId: string | null,
): Promise<void> {
  if (!outlet.isOpen) return
  if (step === 'end') outlet.end()
  else if (step === 'reset') outlet.reset()
  else if ('send' in step) await outlet.write(listOf(step.send).map(writeEvent).join(''))
  else if ('part' in step) await outlet.write(writePart(step.part, step.upTo))
  else if ('burst' in step) {
    const text = [...writeNumbered(step.burst, lastEventId)].join('')
    await outlet.write(toBytes(text).subarray(0, step.bytes))
  } else if ('flood' in step) await outlet.flood(writeNumbered(step.flood, lastEventId))
  else if ('retry' in step) await outlet.write(`retry: ${step.retry}\n\n`)
  else if ('comment' in step) await outlet.write(`: ${step.comment}\n\n`)
  else if ('repeat' in step) await outlet.flood(times(step.times, toBytes(step.repeat)))
  else if ('trickle' in step) await outlet.trickle(cut(toBytes(step.trickle)))
  else if (step.cuts) await outlet.trickle(cut(toBytes(step.write), step.cuts))
  else await outlet.write(toBytes(step.write))
}

function listOf(events: ServerEvent | readonly ServerEvent[]): readonly ServerEvent[] {
  return 'data' in events ? [events] : events
}

function* times<Item>(count: number, item: Item): Generator<Item, void, undefined> {
  for (let turn = 0; turn < count; turn++) yield item
}

/** @param positions - where to cut; after every byte if left out */
function cut(bytes: Uint8Array, positions: readonly number[] = [...bytes.keys()]): Uint8Array[] {
  const starts = [0, ...positions]
  const pieces = starts.map((start, index) => bytes.subarray(start, starts[index + 1]))
  return pieces.filter(({ length }) => length > 0)
}
