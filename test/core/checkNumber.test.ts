import { describe, expect, it } from 'vitest'
import { checkNumber } from '../../src/core/checkNumber.ts'

describe('checkNumber() with a number', () => {
  it.each([1, Number.POSITIVE_INFINITY])(
    'accepts a number from the lower bound up: %d',
    (count) => {
      expect(() => checkNumber('count', count, 1)).not.toThrow()
    },
  )

  it.each([0, 0.99, -1, Number.NEGATIVE_INFINITY, Number.NaN])(
    'throws below the lower bound and for NaN: %d',
    (count) => {
      const fix = new RangeError(`count is ${count}: give a number from 1 up`)
      expect(() => checkNumber('count', count, 1)).toThrow(fix)
    },
  )
})

describe('checkNumber() with another type', () => {
  it.each([undefined, null, 'frame', () => -1, false])('accepts the value: %s', (value) => {
    expect(() => checkNumber('count', value, 1)).not.toThrow()
  })
})
