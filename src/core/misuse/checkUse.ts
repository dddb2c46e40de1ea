import {
  checkCount,
  checkFunction,
  checkName,
  checkSchema,
  checkUrl,
  failUnparsableUrl,
} from './checkArguments.ts'
import { checkChannels, checkDecoders, checkEvents } from './checkChannels.ts'
import { checkClientConfig, checkOptions } from './checkOptions.ts'
import { lastMistake } from './fail.ts'

const CHECKS = {
  url: checkUrl,
  unparsableUrl: failUnparsableUrl,
  events: checkEvents,
  channels: checkChannels,
  decoders: checkDecoders,
  options: checkOptions,
  clientConfig: checkClientConfig,
  function: checkFunction,
  name: checkName,
  count: checkCount,
  schema: checkSchema,
}

type Checks = typeof CHECKS

/**
 * Checks arguments for mistakes that TypeScript would find, and for numbers out of bounds, in
 * development. Production builds contain none of the checks: bundlers replace `process.env.NODE_ENV`,
 * which leaves this function empty, and then drop the calls. Where there is no `process`, as in a
 * browser without a bundler, nothing is checked.
 *
 * For bindings of the core to a framework.
 *
 * @param kind - what to check
 * @param args - the arguments to check, and what the check of this kind needs to know
 * @throws {TypeError} for a value of a wrong type, and for an option that does not exist
 * @throws {RangeError} for a number out of bounds
 */
export function checkUse<Kind extends keyof Checks>(
  kind: Kind,
  ...args: Parameters<Checks[Kind]>
): void
// Plain parameters, because esbuild drops no calls of an empty function with a rest parameter.
export function checkUse(kind: keyof Checks, first?: unknown, second?: unknown): void {
  try {
    if (process.env.NODE_ENV !== 'production') (CHECKS[kind] as Check)(first, second)
  } catch (error) {
    // Ignores any other error: `process` is missing, or a `defaults` function of the user threw.
    if (error === lastMistake) throw error
  }
}

type Check = (first: unknown, second: unknown) => void

declare const process: { readonly env: { readonly NODE_ENV?: string } }
