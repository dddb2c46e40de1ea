/**
 * Throws where a number is out of bounds, or none. What is of another type passes.
 *
 * @throws {RangeError} a sentence that names it and the fix
 */
export function checkNumber(name: string, value: unknown, min: number): void {
  // Not `value < min`: that lets NaN pass.
  if (typeof value === 'number' && !(value >= min))
    throw new RangeError(`${name} is ${value}: give a number from ${min} up`)
}
