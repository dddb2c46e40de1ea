import type { Feed } from './feed.ts'

/** A plain-text greeting with the time. */
export const greeting: Feed = {
  every: 5_000,
  tick: (_n, at) => [{ data: `${salutation(at.getHours())} It is ${clock(at)}.` }],
}

function salutation(hour: number): string {
  if (hour < 5) return 'Good night.'
  if (hour < 12) return 'Good morning.'
  return hour < 18 ? 'Good afternoon.' : 'Good evening.'
}

function clock(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}
