import { EventSourceError } from 'use-event-source/core'
import { expect } from 'vitest'

/** Expects an {@link EventSourceError} without this text, in every field and in every cause. */
export function expectNoSecrets(error: unknown, ...secrets: string[]): void {
  expect(error).toBeInstanceOf(EventSourceError)
  const texts = textsOf(error)
  expect(texts).toContain((error as EventSourceError).message)
  for (const secret of secrets) expect(texts.join('\n')).not.toContain(secret)
}

function textsOf(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)]
  if (seen.has(value)) return []
  seen.add(value)
  // Includes fields that are not enumerable, such as `message`, `stack` and `cause`.
  const names = Object.getOwnPropertyNames(value) as (keyof typeof value)[]
  return names.flatMap((name) => textsOf(value[name], seen))
}
