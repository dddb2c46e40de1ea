import type { Feed, ServerEvent } from './feed.ts'
import { pick } from './random.ts'

/** A notification that has not been truncated. */
type Notification = { id: number; level: 'info' | 'warning'; text: string }

const texts = [
  'Build 4127 passed on main',
  'Grace commented on your pull request',
  'The nightly backup is complete',
  'Edsger joined the project',
  'A new version is ready to review',
  'Deploy to production finished',
] as const

const warnings = [
  'Disk usage is above 80%',
  'Certificate expires in 14 days',
  'Response times are up by half',
] as const

/**
 * JSON notifications, one in ten of them truncated: the fourth, the fourteenth … A new client
 * receives future notifications, but not the last one again.
 */
export const notifications: Feed = {
  every: 2_000,
  firstId: 1,
  tick: (n) => [notificationEvent(n)],
  snapshot: (n) => (n === 0 ? [notificationEvent(0)] : []),
}

function notificationEvent(n: number): ServerEvent {
  const level = n % 5 === 2 ? 'warning' : 'info'
  const text = pick(level === 'warning' ? warnings : texts, n)
  const json = JSON.stringify({ id: n + 1, level, text } satisfies Notification)
  const data = n % 10 === 3 ? json.slice(0, -12) : json
  return { event: 'notification', id: String(n + 1), data }
}
