import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRun } from './createRun.ts'
import { anyOptions, anyReactions, anySteps } from './randomSteps.ts'

const RUNS = { numRuns: 200 }

// Users' functions throw often in these runs, and each exception is reported.
beforeEach(() => vi.stubGlobal('reportError', () => {}))
afterEach(() => vi.unstubAllGlobals())

describe('a connection under random steps', { timeout: 60_000 }, () => {
  it('has a correct state after each step, and recovers', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, (options, steps) => {
        const run = createRun(options)
        for (const step of steps) run.take(step)
        run.expectRecovery()
      }),
      RUNS,
    )
  })

  it('resumes after the last event id with each attempt', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, (options, steps) => {
        const run = createRun(options)
        for (const step of steps) run.take(step)
        run.take({ action: 'connect' })
        expect(run.wrongIds).toEqual([])
      }),
      RUNS,
    )
  })

  it('never publishes a retryAt that is past or infinite', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, (options, steps) => {
        const run = createRun(options)
        for (const step of steps) run.take(step)
        run.expectRecovery()
        for (const { retryAt, now } of run.retryTimes) {
          expect(retryAt).toBeLessThan(Number.POSITIVE_INFINITY)
          expect(retryAt).toBeGreaterThanOrEqual(now)
        }
      }),
      RUNS,
    )
  })

  it('leaves no attempt, timer or wake listener after dispose()', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, (options, steps) => {
        const run = createRun(options)
        const { connection, clock, transport, states, log } = run.setup
        for (const step of steps) run.take(step)
        run.take({ action: 'dispose' })
        const before = [states.length, log.length, transport.attempts.length]
        clock.wake(true)
        clock.advance(1e7)
        connection.resetTimer()
        expect([states.length, log.length, transport.attempts.length]).toEqual(before)
        expect([transport.live().length, clock.pending(), clock.wakers()]).toEqual([0, 0, 0])
      }),
      RUNS,
    )
  })
})

describe('a connection under random steps, with callbacks that act on it', {
  timeout: 60_000,
}, () => {
  it('has a correct state after each step, and recovers', () => {
    fc.assert(
      fc.property(anyOptions, anySteps, anyReactions, (options, steps, reactions) => {
        const run = createRun(options, reactions)
        for (const step of steps) run.take(step)
        run.expectRecovery()
      }),
      { numRuns: 600 },
    )
  })
})
