import { describe, expect, it } from 'vitest'
import { checkNumber } from '../../../src/core/misuse/checkNumber.ts'

describe('checkNumber()', () => {
  it.each([1, Number.POSITIVE_INFINITY])(
    'accepts a number from the lower bound up: %d',
    (count) => {
      expect(() => checkNumber('count', count, 1)).not.toThrow()
    },
  )

  it.each([0, 0.99, -1, Number.NEGATIVE_INFINITY, Number.NaN])(
    'throws a RangeError below the lower bound and for NaN: %d',
    (count) => {
      const fix = new RangeError(`count is ${count}: give a number from 1 up`)
      expect(() => checkNumber('count', count, 1)).toThrow(fix)
    },
  )

  it.each([undefined, null, false, 5n, Symbol('5'), [5], '5', () => 5])(
    'throws a TypeError for a value that is no number: %s',
    (count) => {
      expect(() => checkNumber('count', count, 1)).toThrow(TypeError)
    },
  )

  it('names the other values that are accepted', () => {
    expect(() => checkNumber('heartbeat', '5000', 0, ' or false')).toThrow(
      new TypeError('heartbeat is "5000": give a number from 0 up or false'),
    )
  })
})
