import { describe, expect, it } from 'vitest'
import { checkNumber } from '../../src/core/checkNumber.ts'

describe('a number', () => {
  it.each([1, Number.POSITIVE_INFINITY])('passes from the lower bound up: %d', (count) => {
    expect(() => checkNumber('count', count, 1)).not.toThrow()
  })

  it.each([0, 0.99, -1, Number.NEGATIVE_INFINITY, Number.NaN])('throws at %d', (count) => {
    const fix = new RangeError(`count is ${count}: give a number from 1 up`)
    expect(() => checkNumber('count', count, 1)).toThrow(fix)
  })
})

describe('what is no number', () => {
  it.each([undefined, null, 'frame', () => -1, false])('passes: %s', (value) => {
    expect(() => checkNumber('count', value, 1)).not.toThrow()
  })
})
