/**
 * Throws if `value` is a number that is NaN or less than `min`. Other values are not checked.
 *
 * @throws {RangeError} with the name of the option and the fix
 */
export function checkNumber(name: string, value: unknown, min: number): void {
  // `value < min` would let NaN pass.
  if (typeof value === 'number' && !(value >= min))
    throw new RangeError(`${name} is ${value}: give a number from ${min} up`)
}
