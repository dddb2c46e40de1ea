import type { Feed } from './feed.ts'
import { pick } from './random.ts'

const names = ['Ada', 'Barbara', 'Edsger', 'Grace', 'Hedy', 'Katherine', 'Radia', 'Tim'] as const

/**
 * A counter in unnamed messages, each beside a named event with an id and JSON. The id comes last
 * in its tick, so whoever resumes after it has seen the whole tick.
 */
export const counter: Feed = {
  every: 2_000,
  firstId: 101,
  tick: (n) => [
    { data: `Message #${n + 1}` },
    { event: 'update', id: String(101 + n), data: JSON.stringify({ name: pick(names, n) }) },
  ],
}
