import fc from 'fast-check'
import { EventSourceError, type EventSourceOptions } from 'use-event-source/core'
import type { ScriptedAttempt } from '../../support/scriptedTransport.ts'

/** What a server says through the attempt under way; the number chooses among its words. */
export const SAYINGS = {
  open: (attempt) => attempt.open(),
  event: (attempt, n) => attempt.emit('tick', String(n), ID[n % ID.length]),
  last: (attempt, n) => attempt.emit('tick', '[DONE]', ID[n % ID.length]),
  id: ({ sink }, n) => sink.id(ID[n % ID.length] as string),
  alive: ({ sink }) => sink.alive(),
  retry: ({ sink }, n) => sink.retry(n % 2 ? n : 99_999_999_999),
  drop: (attempt) => void attempt.drop(),
  fail: (attempt) => void attempt.fail(),
  pass: (attempt) => void attempt.fail(false),
  busy: ({ sink }, n) =>
    sink.fail(new EventSourceError('http', 'busy', { status: 503, retryAfter: n % 9_000 })),
  refuse: (attempt) => void attempt.fail(true),
  done: (attempt) => attempt.done(),
  end: (attempt) => attempt.end(),
} satisfies Record<string, (attempt: ScriptedAttempt, n: number) => void>

/** What else happens. */
const HAPPENINGS = [
  'connect',
  'close',
  'dispose',
  'rearmTimer',
  'wake',
  'restore',
  'offline',
  'online',
  'lose the network without a word',
] as const

/** Where a user's function runs, or the transport's. */
const HOOKS = ['state', 'onOpen', 'onError', 'onClose', 'until', 'retry', 'opening'] as const

/** The ids that events have. */
export const ID = ['', '1', '2', '3', '4', '5']
/** What closes a connection for good. */
export const FINAL = ['refuse', 'done', 'last', 'close']
/** What has a connection look at once, where there is a network. */
export const WAKES = ['wake', 'restore', 'online']

export type Saying = keyof typeof SAYINGS
export type Happening = (typeof HAPPENINGS)[number]
export type Hook = (typeof HOOKS)[number]

export type Step =
  | { readonly say: Saying; readonly n: number }
  | { readonly say: Saying; readonly n: number; readonly late: number }
  | { readonly happen: Happening }
  | { readonly advance: number }
  | { readonly jump: number }
  | { readonly give: Partial<EventSourceOptions> }
  | { readonly once: boolean }

/** What a user does in a function of his own, once. */
export type Reaction =
  | { readonly at: Hook; readonly happen: Happening }
  | { readonly at: 'opening'; readonly say: Saying | 'throw' }

const say = fc.constantFrom(...(Object.keys(SAYINGS) as Saying[]))
const n = fc.nat(9_999)
const time = fc.oneof(fc.nat(40), fc.nat(40_000), fc.constantFrom(0, 1, 5_000, 60_000))
const until: EventSourceOptions['until'] = ({ data }) => data === '[DONE]'

const someOptions: fc.Arbitrary<Partial<EventSourceOptions>> = fc.oneof(
  fc.record({ heartbeat: fc.constantFrom(undefined, false as const, 50, 15_000) }),
  fc.record({ connectTimeout: fc.constantFrom(false as const, 50, 60_000) }),
  fc.record({ dedupe: fc.constantFrom(undefined, 0, 1, 3) }),
  fc.record({ until: fc.constantFrom(undefined, until) }),
  fc.record({
    retry: fc.oneof(
      fc.constantFrom(undefined, false as const),
      fc.constantFrom(
        {},
        { maxAttempts: 0 },
        { maxAttempts: 2 },
        { initialDelay: 0 },
        { resetAfter: 0 },
      ),
      fc.constantFrom(
        () => false as const,
        () => 0,
        () => 20_000,
        () => Number.NaN,
      ),
    ),
  }),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ say, n }) },
  { weight: 4, arbitrary: fc.record({ say: fc.constant('open' as const), n }) },
  { weight: 4, arbitrary: fc.record({ say: fc.constant('event' as const), n }) },
  { weight: 2, arbitrary: fc.record({ say, n, late: n }) },
  { weight: 6, arbitrary: fc.record({ happen: fc.constantFrom(...HAPPENINGS) }) },
  { weight: 2, arbitrary: fc.record({ happen: fc.constant('connect' as const) }) },
  { weight: 4, arbitrary: fc.record({ advance: time }) },
  { weight: 1, arbitrary: fc.record({ jump: fc.integer({ min: -3_600_000, max: 3_600_000 }) }) },
  { weight: 2, arbitrary: fc.record({ give: someOptions }) },
  { weight: 1, arbitrary: fc.record({ once: fc.boolean() }) },
)

export const anySteps: fc.Arbitrary<Step[]> = fc.array(step, {
  maxLength: 60,
  size: 'max',
})

export const anyOptions: fc.Arbitrary<EventSourceOptions> = fc
  .array(someOptions, { maxLength: 5, size: 'max' })
  .map((all) => Object.assign({}, ...all) as EventSourceOptions)

export const anyReactions: fc.Arbitrary<Reaction[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        at: fc.constantFrom(...HOOKS),
        happen: fc.constantFrom(...HAPPENINGS),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        at: fc.constant('opening' as const),
        say: fc.oneof(say, fc.constant('throw' as const)),
      }),
    },
  ),
  { maxLength: 9, size: 'max' },
)
