/**
 * Throws if `value` is NaN or less than `min`. Values of other types pass.
 *
 * @throws {RangeError} a sentence that names the option and the fix
 */
export function checkNumber(name: string, value: unknown, min: number): void {
  // `value < min` would let NaN pass.
  if (typeof value === 'number' && !(value >= min))
    throw new RangeError(`${name} is ${value}: give a number from ${min} up`)
}
