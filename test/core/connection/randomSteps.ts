import fc from 'fast-check'
import { EventSourceError, type EventSourceOptions } from 'use-event-source/core'
import type { ScriptedAttempt } from '../../support/scriptedTransport.ts'

/** The calls to the sink that a transport can make. The number selects their values. */
export const REPORTS = {
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

/** Calls to the connection and changes of the environment. */
const ACTIONS = [
  'connect',
  'close',
  'dispose',
  'resetTimer',
  'wake',
  'restore',
  'offline',
  'online',
  'go offline silently',
] as const

/** The places where a user's function runs, or the transport's `open`. */
const HOOKS = ['state', 'onOpen', 'onError', 'onClose', 'until', 'retry', 'opening'] as const

/** The event ids to choose from. */
export const ID = ['', '1', '2', '3', '4', '5']
/** The steps that close a connection for good. */
export const FINAL = ['refuse', 'done', 'last', 'close']
/** The actions that make a connection reconsider its schedule at once, if there is a network. */
export const WAKES = ['wake', 'restore', 'online']

export type Report = keyof typeof REPORTS
export type Action = (typeof ACTIONS)[number]
export type Hook = (typeof HOOKS)[number]

export type Step =
  | { readonly report: Report; readonly n: number }
  | { readonly report: Report; readonly n: number; readonly late: number }
  | { readonly action: Action }
  | { readonly advance: number }
  | { readonly jump: number }
  | { readonly set: Partial<EventSourceOptions> }
  | { readonly once: boolean }

/** An action from within a user's function, or a report from within the transport's `open`. */
export type Reaction =
  | { readonly at: Hook; readonly action: Action }
  | { readonly at: 'opening'; readonly report: Report | 'throw' }

const report = fc.constantFrom(...(Object.keys(REPORTS) as Report[]))
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
  { weight: 8, arbitrary: fc.record({ report, n }) },
  { weight: 4, arbitrary: fc.record({ report: fc.constant('open' as const), n }) },
  { weight: 4, arbitrary: fc.record({ report: fc.constant('event' as const), n }) },
  { weight: 2, arbitrary: fc.record({ report, n, late: n }) },
  { weight: 6, arbitrary: fc.record({ action: fc.constantFrom(...ACTIONS) }) },
  { weight: 2, arbitrary: fc.record({ action: fc.constant('connect' as const) }) },
  { weight: 4, arbitrary: fc.record({ advance: time }) },
  { weight: 1, arbitrary: fc.record({ jump: fc.integer({ min: -3_600_000, max: 3_600_000 }) }) },
  { weight: 2, arbitrary: fc.record({ set: someOptions }) },
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
        action: fc.constantFrom(...ACTIONS),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        at: fc.constant('opening' as const),
        report: fc.oneof(report, fc.constant('throw' as const)),
      }),
    },
  ),
  { maxLength: 9, size: 'max' },
)
