import { afterEach, beforeEach, expect } from 'vitest'

const EVENTS = ['error', 'unhandledrejection'] as const

/** Fails each test of a file that causes an uncaught error or an unhandled rejection. */
export function expectNothingThrown(): void {
  const thrown: unknown[] = []
  const note = (event: ErrorEvent | PromiseRejectionEvent): void => {
    thrown.push('reason' in event ? event.reason : (event.error ?? event.message))
  }
  beforeEach(() => {
    thrown.length = 0
    for (const name of EVENTS) window.addEventListener(name, note)
  })
  afterEach(() => {
    for (const name of EVENTS) window.removeEventListener(name, note)
    expect(thrown).toEqual([])
  })
}
