import type { Answer, Numbered, Step } from './script.ts'

/**
 * How a stream is cut: by a clean end; by a reset; by a reset after the id line of the next event;
 * or by a clean end in the middle of its data.
 */
export type Cut = 'end' | 'reset' | 'after id' | 'in data'

/**
 * Returns the answers of a server that cuts a stream after every `count` numbered events and lets
 * it resume. The cuts take turns. The last answer has the remaining events, and stays open.
 */
export function cutEvery(
  count: number,
  { to, ...rest }: Omit<Numbered, 'from'>,
  cuts: readonly Cut[],
): Answer[] {
  const answers: Answer[] = []
  for (let last = count; last < to; last += count) {
    const cut = cuts[answers.length % cuts.length] ?? 'end'
    const next = String(last + 1)
    const { event } = rest
    const part = { id: next, data: next, ...(event !== undefined && { event }) }
    answers.push({ body: [resume(last), ...stepsOf(cut, part)] })
  }
  return [...answers, { body: [resume(to)] }]

  function resume(to: number): Step {
    return { burst: { ...rest, from: 'resume', to } }
  }
}

function stepsOf(cut: Cut, part: { event?: string; id: string; data: string }): Step[] {
  if (cut === 'after id') return [{ part, upTo: 'id' }, 'reset']
  if (cut === 'in data') return [{ part, upTo: 'data' }, 'end']
  return [cut]
}
