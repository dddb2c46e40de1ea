/**
 * Throws where a number is out of bounds, or none.
 *
 * @throws {RangeError} a sentence that names it and the fix
 */
export function checkNumber(name: string, value: number, min: number): void {
  // Not `value < min`: that lets NaN pass.
  if (!(value >= min)) throw new RangeError(`${name} is ${value}: give a number from ${min} up`)
}
