// @vitest-environment node
import fc from 'fast-check'
import { createConnection } from 'use-event-source/core'
import { fetchTransport, type RequestHeaders } from 'use-event-source/fetch'
import { expect, it } from 'vitest'
import { createClock } from '../support/clock.ts'
import { createScriptedFetch, type ScriptedFetch } from './support/createScriptedFetch.ts'
import { STREAM_URL } from './support/openStream.ts'
import { settle } from './support/settle.ts'

const STEPS = [
  'close',
  'reconnect',
  'close in the next event',
  'reconnect in the next event',
  'leave',
  'come back',
  'headers',
  'stream',
  'page',
  'refuse',
  '401',
  '204',
  'reject',
  'write',
  'part',
  'end',
  'error',
  'pass',
  'wake',
] as const

type Step = (typeof STEPS)[number]

it.each([
  ['a fetch', false],
  ['a fetch that ignores its signal', true],
])(
  '%s is left with no request and no body open, after any sequence of steps',
  async (_, ignoresSignal) => {
    // Most steps settle: few real events share a task, and many states take several tasks to reach.
    const step = fc.tuple(fc.constantFrom(...STEPS), fc.constantFrom(true, true, false))
    const steps = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' })
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (steps, isSlow) =>
        play(steps, isSlow, ignoresSignal),
      ),
      { numRuns: 500, seed: 20_260_103 },
    )
  },
  60_000,
)

async function play(
  steps: readonly (readonly [step: Step, settles: boolean])[],
  isSlow: boolean,
  ignoresSignal: boolean,
): Promise<void> {
  const server = createScriptedFetch(ignoresSignal)
  const clock = createClock()
  const waiting: ((headers: RequestHeaders) => void)[] = []
  const headers = (): RequestHeaders | Promise<RequestHeaders> =>
    isSlow ? new Promise((resolve) => waiting.push(resolve)) : {}
  let inEvent = (): void => {}
  const connection = createConnection(
    STREAM_URL,
    {
      transport: fetchTransport({ fetch: server.fetch, headers }),
      linger: 0,
      until() {
        inEvent()
        inEvent = () => {}
        return false
      },
    },
    clock,
  )
  let unsubscribe = connection.subscribe(() => {})
  for (const [step, settles] of steps) {
    if (step === 'leave') unsubscribe()
    else if (step === 'come back') {
      unsubscribe()
      unsubscribe = connection.subscribe(() => {})
    } else if (step === 'close' || step === 'reconnect') connection[step]()
    else if (step === 'close in the next event') inEvent = connection.close
    else if (step === 'reconnect in the next event') inEvent = connection.reconnect
    else if (step === 'headers') waiting.shift()?.({})
    else if (step === 'pass') clock.advance(5_000)
    else if (step === 'wake') clock.wake(true)
    else serve(server, step)
    if (settles) await settle()
    if (!ignoresSignal) expect(server.live().length).toBeLessThanOrEqual(1)
  }
  unsubscribe()
  // Headers and responses that arrive too late.
  for (const give of waiting) give({})
  await settle()
  for (const request of server.live()) if (request.phase === 'pending') request.respond()
  await settle()
  expect(server.live()).toEqual([])
  expect(clock.pending()).toBe(0)
  expect(clock.wakers()).toBe(0)
}

/** Applies the step to the latest request, if its phase allows it. */
function serve(server: ScriptedFetch, step: Step): void {
  const request = server.requests.at(-1)
  if (request?.phase === 'pending') {
    if (step === 'stream') request.respond()
    else if (step === '204') {
      request.respond(204, {})
      request.end()
    } else if (step === 'page') request.respond(200, { 'Content-Type': 'text/html' })
    else if (step === 'refuse' || step === '401') {
      request.respond(step === '401' ? 401 : 503, {})
      request.end()
    } else if (step === 'reject') request.reject(new TypeError('Failed to fetch'))
  } else if (request?.phase === 'streaming') {
    if (step === 'write') request.write('data: 1\n\ndata: 2\n\n', 'data: 3\n\n')
    else if (step === 'part') request.write('id: 1\ndata: ')
    else if (step === 'end' || step === 'error') request[step]()
  }
}
