import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLife } from './randomLife.ts'
import { anyOptions, anyReactions, anySteps } from './randomSteps.ts'

const RUNS = { numRuns: 200 }

// A user's function that throws is reported, and there are many.
beforeEach(() => vi.stubGlobal('reportError', () => {}))
afterEach(() => vi.unstubAllGlobals())

describe('a random life', { timeout: 60_000 }, () => {
  it('is true at each step, and comes back', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, (options, steps) => {
        const life = createLife(options)
        for (const step of steps) life.take(step)
        life.comeBack()
      }),
      RUNS,
    )
  })

  it('resumes after the last event id, at each attempt', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, (options, steps) => {
        const life = createLife(options)
        for (const step of steps) life.take(step)
        life.take({ happen: 'connect' })
        expect(life.wrongIds).toEqual([])
      }),
      RUNS,
    )
  })

  it('never shows a time to retry that has passed, or that is none', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, (options, steps) => {
        const life = createLife(options)
        for (const step of steps) life.take(step)
        life.comeBack()
        for (const { retryAt, now } of life.retryTimes) {
          expect(retryAt).toBeLessThan(Number.POSITIVE_INFINITY)
          expect(retryAt).toBeGreaterThanOrEqual(now)
        }
      }),
      RUNS,
    )
  })

  it('leaves no attempt, no timer and no one to wake once it is stopped', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, (options, steps) => {
        const life = createLife(options)
        const { connection, clock, transport, states, log } = life.setup
        for (const step of steps) life.take(step)
        life.take({ happen: 'dispose' })
        const before = [states.length, log.length, transport.attempts.length]
        clock.wake(true)
        clock.advance(1e7)
        connection.rearmTimer()
        expect([states.length, log.length, transport.attempts.length]).toEqual(before)
        expect([transport.live().length, clock.pending(), clock.wakers()]).toEqual([0, 0, 0])
      }),
      RUNS,
    )
  })
})

describe('a random life, with functions that act on the connection while they are called', {
  timeout: 60_000,
}, () => {
  it('is true at each step, and comes back', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, anyReactions, (options, steps, reactions) => {
        const life = createLife(options, reactions)
        for (const step of steps) life.take(step)
        life.comeBack()
      }),
      { numRuns: 600 },
    )
  })
})
