import { describe, expect, it } from 'vitest'
import { checkNumbers } from '../../src/core/checkNumbers.ts'

describe('a number', () => {
  it('passes from the lower bound up', () => {
    expect(() => checkNumbers({ count: 1, size: Number.POSITIVE_INFINITY }, 1)).not.toThrow()
  })

  it.each([0, 0.99, -1, Number.NEGATIVE_INFINITY, Number.NaN])('throws at %d', (count) => {
    const fix = new RangeError(`count is ${count}: give a number from 1 up`)
    expect(() => checkNumbers({ size: 5, count }, 1)).toThrow(fix)
  })
})

describe('what is no number', () => {
  it('passes', () => {
    const values = { a: undefined, b: null, c: 'frame', d: () => -1, e: false }
    expect(() => checkNumbers(values, 1)).not.toThrow()
  })
})
