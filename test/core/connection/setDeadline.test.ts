import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { setDeadline } from '../../../src/core/connection/setDeadline.ts'
import { createClock } from '../../support/clock.ts'

const MINUTE = 60_000

describe('setDeadline()', () => {
  it('calls back once, at the deadline, and leaves no timer', () => {
    const { clock, onReached } = setup(300)
    clock.advance(299)
    expect(onReached).not.toHaveBeenCalled()
    clock.advance(1)
    expect(onReached).toHaveBeenCalledTimes(1)
    expect(clock.pending()).toBe(0)
    clock.advance(MINUTE)
    expect(onReached).toHaveBeenCalledTimes(1)
  })

  it.each([0, -1, -MINUTE])(
    'calls back from a timer, not synchronously, when the deadline is %d ms away',
    (away) => {
      const { clock, onReached } = setup(away)
      expect(onReached).not.toHaveBeenCalled()
      clock.advance(0)
      expect(onReached).toHaveBeenCalledTimes(1)
    },
  )

  it('checks the clock every 5 s, and still calls back on time', () => {
    const { clock, onReached, delays } = setup(12_345)
    clock.advance(12_344)
    expect(onReached).not.toHaveBeenCalled()
    expect(delays).toEqual([5_000, 5_000, 2_345])
    clock.advance(1)
    expect(onReached).toHaveBeenCalledTimes(1)
    expect(delays).toHaveLength(3)
  })

  it('has one timer at a time', () => {
    const { clock, delays } = setup(MINUTE)
    for (let passed = 0; passed < MINUTE; passed += 1_000) {
      expect(clock.pending()).toBe(1)
      clock.advance(1_000)
    }
    expect(clock.pending()).toBe(0)
    expect(delays).toHaveLength(12)
  })

  it('notices at the next check that the clock has jumped past the deadline', () => {
    const { clock, onReached } = setup(10 * MINUTE)
    clock.advance(2_000)
    clock.jump(60 * MINUTE)
    clock.advance(2_999)
    expect(onReached).not.toHaveBeenCalled()
    clock.advance(1)
    expect(onReached).toHaveBeenCalledTimes(1)
  })

  it('keeps waiting when the clock has jumped to before the deadline', () => {
    const { clock, onReached } = setup(10 * MINUTE)
    clock.jump(10 * MINUTE - 7_000)
    clock.advance(6_999)
    expect(onReached).not.toHaveBeenCalled()
    clock.advance(1)
    expect(onReached).toHaveBeenCalledTimes(1)
  })

  it('follows a deadline that is postponed between checks, even to Infinity', () => {
    const { clock, onReached, deadline } = setup(1_000)
    deadline.at += 6_000
    clock.advance(6_999)
    expect(onReached).not.toHaveBeenCalled()
    clock.advance(1)
    expect(onReached).toHaveBeenCalledTimes(1)

    const other = setup(1_000)
    other.deadline.at = Number.POSITIVE_INFINITY
    other.clock.advance(1_000)
    expect(other.clock.pending()).toBe(0)
    other.clock.advance(1e12)
    expect(other.onReached).not.toHaveBeenCalled()
  })

  it('notices at the next check that the deadline has moved closer', () => {
    const { clock, onReached, deadline } = setup(MINUTE)
    deadline.at = clock.now() + 1
    clock.advance(5_000)
    expect(onReached).toHaveBeenCalledTimes(1)
  })

  it('sets no timer for a deadline of Infinity', () => {
    const { clock, onReached } = setup(Number.POSITIVE_INFINITY)
    expect(clock.pending()).toBe(0)
    clock.advance(1e12)
    expect(onReached).not.toHaveBeenCalled()
  })

  it.each([0, 7_000])(
    'can be cancelled after %d ms, before the first check or between two',
    (passed) => {
      const { clock, onReached, cancel } = setup(8_000)
      clock.advance(passed)
      cancel()
      expect(clock.pending()).toBe(0)
      clock.advance(MINUTE)
      cancel()
      expect(onReached).not.toHaveBeenCalled()
    },
  )

  it('can be cancelled when no timer was set, and after the deadline', () => {
    for (const away of [Number.POSITIVE_INFINITY, 1]) {
      const { clock, cancel } = setup(away)
      clock.advance(1)
      expect(cancel).not.toThrow()
      expect(clock.pending()).toBe(0)
    }
  })

  it('calls back once, at the deadline or within 5 s of a jump past it, for any clock', () => {
    const step = fc.record({ jump: fc.nat(20_000), pass: fc.nat(20_000) })
    fc.assert(
      fc.property(fc.nat(100_000), fc.array(step), (away, steps) => {
        const { clock, onReached, delays, cancel } = setup(away)
        const due = clock.now() + away
        onReached.mockImplementation(() => {
          expect(clock.now()).toBeGreaterThanOrEqual(due)
        })
        for (const { jump, pass } of steps) {
          clock.jump(jump)
          clock.advance(pass)
          if (clock.now() >= due + jump && pass >= 5_000) expect(onReached).toHaveBeenCalledTimes(1)
          expect(clock.pending()).toBe(onReached.mock.calls.length === 0 ? 1 : 0)
        }
        expect(Math.max(...delays)).toBeLessThanOrEqual(5_000)
        cancel()
        expect(clock.pending()).toBe(0)
      }),
    )
  })
})

/** Sets a deadline `away` ms from now. The test may move it through `deadline.at`. */
function setup(away: number) {
  const clock = createClock()
  const delays: number[] = []
  const environment = {
    ...clock,
    setTimer(callback: () => void, delay: number) {
      delays.push(delay)
      return clock.setTimer(callback, delay)
    },
  }
  const deadline = { at: clock.now() + away }
  const onReached = vi.fn()
  const cancel = setDeadline(environment, () => deadline.at, onReached)
  return { clock, deadline, delays, onReached, cancel }
}
