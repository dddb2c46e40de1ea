import { checkNumber } from './checkNumber.ts'
import { fail, show } from './fail.ts'

/** @param isRequired - whether a falsy url is a mistake */
export function checkUrl(url: unknown, isRequired = false): void {
  const isUrl = typeof url === 'string' || typeof (url as URL | undefined)?.href === 'string'
  if (!isUrl && (url || isRequired))
    fail(`The url is ${show(url)}: give a string or a URL${isRequired ? '' : ', or null for none'}`)
}

/** Names no url, because a url may hold secrets. */
export function failUnparsableUrl(): void {
  fail('The url does not parse: give a path, an absolute url or null')
}

/** @param name - the name of the function that takes the function */
export function checkFunction(name: keyof typeof EXAMPLES, fn: unknown): void {
  if (typeof fn !== 'function')
    fail(`${name}() got ${show(fn)}: give a function, as in ${EXAMPLES[name]}`)
}

const EXAMPLES = {
  decode: 'decode((data) => Number(data))',
  latestBy: '.latestBy((value) => value.id)',
  reduce: '.reduce((sum, value) => sum + value, 0)',
  forEach: '.forEach((value) => show(value))',
}

export function checkName(name: unknown): void {
  if (typeof name !== 'string')
    fail(`from() got ${show(name)}: give the name of an event, as in .from('quote')`)
}

export function checkCount(count: unknown): void {
  checkNumber('count', count, 1, ', as in .last(50)')
}

export function checkSchema(schema: unknown): void {
  if (schema !== undefined && !isSchema(schema))
    fail(
      `json() got ${show(schema)}: give a Standard Schema, such as one of zod or valibot, or nothing`,
    )
}

export function isSchema(value: unknown): boolean {
  const schema = value as { readonly '~standard'?: { readonly validate?: unknown } } | null
  return typeof schema?.['~standard']?.validate === 'function'
}
