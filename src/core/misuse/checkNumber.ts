import { fail, show } from './fail.ts'

/**
 * Throws if `value` is not a number, or is NaN or less than `min`.
 *
 * @param others - the end of the sentence, with the other values that are accepted
 */
export function checkNumber(name: string, value: unknown, min: number, others = ''): void {
  const isNumber = typeof value === 'number'
  // `value < min` would let NaN pass.
  if (!isNumber || !(value >= min))
    fail(
      `${name} is ${show(value)}: give a number from ${min} up${others}`,
      isNumber ? RangeError : TypeError,
    )
}
