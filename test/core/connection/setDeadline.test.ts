import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { setDeadline } from '../../../src/core/connection/setDeadline.ts'
import { createClock } from '../../support/clock.ts'

const MINUTE = 60_000

it('rings once, when the moment has come, and leaves no timer', () => {
  const { clock, ring } = setup(300)
  clock.advance(299)
  expect(ring).not.toHaveBeenCalled()
  clock.advance(1)
  expect(ring).toHaveBeenCalledTimes(1)
  expect(clock.pending()).toBe(0)
  clock.advance(MINUTE)
  expect(ring).toHaveBeenCalledTimes(1)
})

it.each([0, -1, -MINUTE])(
  'rings in a timer, not at once, where the moment is %d ms away',
  (away) => {
    const { clock, ring } = setup(away)
    expect(ring).not.toHaveBeenCalled()
    clock.advance(0)
    expect(ring).toHaveBeenCalledTimes(1)
  },
)

it('naps for 5 s at the most, and rings on time all the same', () => {
  const { clock, ring, naps } = setup(12_345)
  clock.advance(12_344)
  expect(ring).not.toHaveBeenCalled()
  expect(naps).toEqual([5_000, 5_000, 2_345])
  clock.advance(1)
  expect(ring).toHaveBeenCalledTimes(1)
  expect(naps).toHaveLength(3)
})

it('has one timer at a time', () => {
  const { clock, naps } = setup(MINUTE)
  for (let passed = 0; passed < MINUTE; passed += 1_000) {
    expect(clock.pending()).toBe(1)
    clock.advance(1_000)
  }
  expect(clock.pending()).toBe(0)
  expect(naps).toHaveLength(12)
})

it('notices within a nap that the clock has jumped past the moment', () => {
  const { clock, ring } = setup(10 * MINUTE)
  clock.advance(2_000)
  clock.jump(60 * MINUTE)
  clock.advance(2_999)
  expect(ring).not.toHaveBeenCalled()
  clock.advance(1)
  expect(ring).toHaveBeenCalledTimes(1)
})

it('sleeps on where the clock has jumped, but not far enough', () => {
  const { clock, ring } = setup(10 * MINUTE)
  clock.jump(10 * MINUTE - 7_000)
  clock.advance(6_999)
  expect(ring).not.toHaveBeenCalled()
  clock.advance(1)
  expect(ring).toHaveBeenCalledTimes(1)
})

it('follows the moment where it moves away while it naps, to never included', () => {
  const { clock, ring, moment } = setup(1_000)
  moment.at += 6_000
  clock.advance(6_999)
  expect(ring).not.toHaveBeenCalled()
  clock.advance(1)
  expect(ring).toHaveBeenCalledTimes(1)

  const other = setup(1_000)
  other.moment.at = Number.POSITIVE_INFINITY
  other.clock.advance(1_000)
  expect(other.clock.pending()).toBe(0)
  other.clock.advance(1e12)
  expect(other.ring).not.toHaveBeenCalled()
})

it('notices with its next nap that the moment has come nearer', () => {
  const { clock, ring, moment } = setup(MINUTE)
  moment.at = clock.now() + 1
  clock.advance(5_000)
  expect(ring).toHaveBeenCalledTimes(1)
})

it('sets no timer for a moment that never comes', () => {
  const { clock, ring } = setup(Number.POSITIVE_INFINITY)
  expect(clock.pending()).toBe(0)
  clock.advance(1e12)
  expect(ring).not.toHaveBeenCalled()
})

it.each([0, 7_000])('is taken back after %d ms, whichever nap it is in', (passed) => {
  const { clock, ring, cancel } = setup(8_000)
  clock.advance(passed)
  cancel()
  expect(clock.pending()).toBe(0)
  clock.advance(MINUTE)
  cancel()
  expect(ring).not.toHaveBeenCalled()
})

it('may be taken back where it never was set, and once it has rung', () => {
  for (const away of [Number.POSITIVE_INFINITY, 1]) {
    const { clock, cancel } = setup(away)
    clock.advance(1)
    expect(cancel).not.toThrow()
    expect(clock.pending()).toBe(0)
  }
})

it('rings once, at the moment, or within a nap after a jump, whatever time does', () => {
  const step = fc.record({ jump: fc.nat(20_000), pass: fc.nat(20_000) })
  fc.assert(
    fc.property(fc.nat(100_000), fc.array(step), (away, steps) => {
      const { clock, ring, naps, cancel } = setup(away)
      const due = clock.now() + away
      ring.mockImplementation(() => {
        expect(clock.now()).toBeGreaterThanOrEqual(due)
      })
      for (const { jump, pass } of steps) {
        clock.jump(jump)
        clock.advance(pass)
        if (clock.now() >= due + jump && pass >= 5_000) expect(ring).toHaveBeenCalledTimes(1)
        expect(clock.pending()).toBe(ring.mock.calls.length === 0 ? 1 : 0)
      }
      expect(Math.max(...naps)).toBeLessThanOrEqual(5_000)
      cancel()
      expect(clock.pending()).toBe(0)
    }),
  )
})

/** An alarm for a moment so many ms away, which the test may move. */
function setup(away: number) {
  const clock = createClock()
  const naps: number[] = []
  const environment = {
    ...clock,
    setTimer(callback: () => void, delay: number) {
      naps.push(delay)
      return clock.setTimer(callback, delay)
    },
  }
  const moment = { at: clock.now() + away }
  const ring = vi.fn()
  const cancel = setDeadline(environment, () => moment.at, ring)
  return { clock, moment, naps, ring, cancel }
}
