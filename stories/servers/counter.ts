import type { Feed } from './feed.ts'
import { pick } from './random.ts'

const names = ['Ada', 'Barbara', 'Edsger', 'Grace', 'Hedy', 'Katherine', 'Radia', 'Tim'] as const

/**
 * A counter in unnamed messages, each followed by a named JSON event with an id. The id comes last
 * in its tick, so a client that resumes after it has received the whole tick.
 */
export const counter: Feed = {
  every: 2_000,
  firstId: 101,
  tick: (n) => [
    { data: `Message #${n + 1}` },
    { event: 'update', id: String(101 + n), data: JSON.stringify({ name: pick(names, n) }) },
  ],
}
