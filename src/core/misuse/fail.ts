/** The error that {@link fail} threw last. */
export let lastMistake: Error | undefined

/** Throws an error with a sentence that contains the fix. */
export function fail(
  sentence: string,
  ErrorType: TypeErrorConstructor | RangeErrorConstructor = TypeError,
): never {
  lastMistake = new ErrorType(sentence)
  throw lastMistake
}

/** Returns a short text for a value that is not what it should be. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  return value && typeof value === 'object' ? 'an object' : String(value)
}

/** Returns whether a value is an object that is neither an array nor a function. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return show(value) === 'an object'
}
