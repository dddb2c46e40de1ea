import type { RetryOptions } from '../connection/retry.ts'
import type { EventSourceOptions, OptionOf } from '../options.ts'
import type { Transport } from '../transport/transport.ts'
import { checkNumber } from './checkNumber.ts'
import { fail, isRecord, show } from './fail.ts'

/** The options that only some functions have besides those of a stream. */
type FurtherOption = (typeof FURTHER)[number]

/** @param further - the options that the caller has besides those of a stream */
export function checkOptions(
  options: EventSourceOptions | OptionOf,
  further: readonly FurtherOption[] = [],
): void {
  if (typeof options === 'function') {
    const names = [...knownNames([]), 'initial'] as (keyof EventSourceOptions)[]
    for (const name of names) checkOption(name, options(name), [])
  } else {
    if (!isRecord(options))
      fail(`The options are ${show(options)}: give an object, as in { heartbeat: 45_000 }`)
    for (const [name, value] of Object.entries(options)) checkOption(name, value, further)
  }
}

export function checkClientConfig(config: unknown): void {
  if (typeof config === 'function')
    fail('createClient(option) is now createClient({ defaults: option }): wrap the function')
  if (!isRecord(config))
    fail(`createClient() got ${show(config)}: give an object, as in { defaults: {} }`)
  for (const [name, value] of Object.entries(config))
    if (name !== 'defaults' && value !== undefined)
      fail(`createClient() has no \`${name}\`: give { defaults: { ${name} } }`)
  if (config.defaults !== undefined) checkOptions(config.defaults as EventSourceOptions)
}

export function isOption(name: string): boolean {
  return Object.hasOwn(CHECKS, name)
}

function checkOption(name: string, value: unknown, further: readonly FurtherOption[]): void {
  // A missing option and one that is `undefined` or `null` are the same.
  if (value == null) return
  const isKnown = isOption(name) && (!isFurther(name) || further.includes(name))
  if (!isKnown) failUnknown('', name, knownNames(further), { initial: 'initialData' })
  CHECKS[name as keyof typeof CHECKS](name, value)
}

function knownNames(further: readonly FurtherOption[]): readonly string[] {
  return Object.keys(CHECKS).filter((name) => !isFurther(name) || further.includes(name))
}

function isFurther(name: string): name is FurtherOption {
  return FURTHER.includes(name as FurtherOption)
}

const FURTHER = ['select', 'isEqual', 'signal', 'maxQueue'] as const

type Check = (name: string, value: unknown) => void

const CHECKS: Record<keyof EventSourceOptions | FurtherOption, Check> = {
  withCredentials: checkBoolean,
  transport: checkTransport,
  retry: checkRetry,
  connectTimeout: checkLimit,
  heartbeat: checkLimit,
  until: checkCallback,
  lastEventId: checkText,
  initialData: checkRecord,
  dedupe: checkFromZero,
  flush: checkFlush,
  linger: checkFromZero,
  onOpen: checkCallback,
  onError: checkCallback,
  onClose: checkCallback,
  select: checkCallback,
  isEqual: checkCallback,
  signal: checkSignal,
  maxQueue: checkFromOne,
}

const RETRY_CHECKS: Record<keyof RetryOptions, Check> = {
  initialDelay: checkFromZero,
  // A factor below 1 would make each delay shorter than the one before.
  factor: checkFromOne,
  maxDelay: checkFromZero,
  jitter: checkBoolean,
  maxAttempts: checkFromZero,
  resetAfter: checkFromZero,
}

const FORMER_RETRY_NAMES = { initial: 'initialDelay', max: 'maxDelay', attempts: 'maxAttempts' }

/** Maps each option of a transport to a function that takes it. */
const TRANSPORT_OPTIONS = {
  method: 'fetchTransport',
  headers: 'fetchTransport',
  body: 'fetchTransport',
  credentials: 'fetchTransport',
  fetch: 'fetchTransport',
  maxBufferSize: 'fetchTransport',
  refreshOn: 'fetchTransport',
  redirect: 'fetchTransport',
  dispatchIncomplete: 'fetchTransport',
  worker: 'workerTransport',
  lastEventIdParam: 'nativeTransport',
}

function checkRetry(_: string, retry: unknown): void {
  if (retry === false || typeof retry === 'function') return
  if (!isRecord(retry)) {
    const example = typeof retry === 'number' ? retry : 1_000
    fail(
      `retry is ${show(retry)}: give { initialDelay: ${example} }, a function, or false for never`,
    )
  }
  const known = Object.keys(RETRY_CHECKS)
  for (const [name, value] of Object.entries(retry)) {
    if (value === undefined) continue
    if (!known.includes(name)) failUnknown('retry.', name, known, FORMER_RETRY_NAMES)
    RETRY_CHECKS[name as keyof RetryOptions](`retry.${name}`, value)
  }
}

function failUnknown(
  prefix: string,
  name: string,
  known: readonly string[],
  formerNames: Readonly<Record<string, string>>,
): never {
  const transport = !prefix && ownValue(TRANSPORT_OPTIONS, name)
  if (transport)
    fail(`\`${name}\` is an option of the transport: give { transport: ${transport}({ ${name} }) }`)
  const newName = ownValue(formerNames, name)
  if (newName) fail(`\`${prefix}${name}\` is now \`${prefix}${newName}\`: rename the option`)
  const close = known.find((other) => isClose(other.toLowerCase(), name.toLowerCase()))
  const fix = close ? `did you mean \`${prefix}${close}\`?` : `the options are ${known.join(', ')}`
  fail(`\`${prefix}${name}\` is not an option: ${fix}`)
}

function ownValue(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

function isClose(a: string, b: string): boolean {
  return b.length > 2 && (a.includes(b) || b.includes(a))
}

function checkTransport(name: string, value: unknown): void {
  const { key, open } = value as Transport
  if (typeof value === 'function' && !open)
    fail(`${name} is a function: call it, as in nativeTransport()`)
  if (typeof key !== 'string' || typeof open !== 'function')
    fail(
      `${name} is ${show(value)}: give a transport, such as nativeTransport(), with \`key\` and \`open\``,
    )
}

function checkFlush(name: string, value: unknown): void {
  if (value !== 'frame' && value !== 'sync') checkNumber(name, value, 0, ", 'frame' or 'sync'")
}

function checkLimit(name: string, value: unknown): void {
  if (value !== false) checkNumber(name, value, 0, ' or false')
}

function checkFromZero(name: string, value: unknown): void {
  checkNumber(name, value, 0)
}

function checkFromOne(name: string, value: unknown): void {
  checkNumber(name, value, 1)
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') fail(`${name} is ${show(value)}: give true or false`)
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string') fail(`${name} is ${show(value)}: give a string`)
}

function checkCallback(name: string, value: unknown): void {
  if (typeof value !== 'function') fail(`${name} is ${show(value)}: give a function`)
}

function checkRecord(name: string, value: unknown): void {
  if (!isRecord(value))
    fail(`${name} is ${show(value)}: give an object with the keys of the channels`)
}

function checkSignal(name: string, value: unknown): void {
  if (typeof (value as AbortSignal).aborted !== 'boolean')
    fail(`${name} is ${show(value)}: give an AbortSignal, such as controller.signal`)
}
