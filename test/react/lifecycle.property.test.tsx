import { act, cleanup, render } from '@testing-library/react'
import fc from 'fast-check'
import * as React from 'react'
import {
  json,
  nativeTransport,
  SSEProvider,
  text,
  type Transport,
  useEventSource,
} from 'use-event-source'
import { installMockEventSource, MockEventSource } from 'use-event-source/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

// React 18 has no <Activity>: there, hiding unmounts.
type Activity = React.FC<{ mode: 'visible' | 'hidden'; children: React.ReactNode }>
const Activity =
  (React as { Activity?: Activity }).Activity ??
  (({ mode, children }) => (mode === 'visible' ? children : null))

const SCOPES = ['page', 'one', 'two'] as const
const URLS = ['/a', '/b', null] as const

type Scope = (typeof SCOPES)[number]

interface Slot {
  isMounted: boolean
  isHidden: boolean
  scope: Scope
  url: (typeof URLS)[number]
}

/** The stream's own transport, with the scope written into the url for the test to see. */
function tagged(scope: Scope): Transport {
  const native = nativeTransport()
  return {
    key: native.key,
    open: (request, sink) => native.open({ ...request, url: `${request.url}?${scope}` }, sink),
  }
}

function Consumer({ url, scope }: { url: Slot['url']; scope: Scope }) {
  const { data, status } = useEventSource(
    url,
    {
      tick: json<number>()
        .from('message')
        .reduce((sum, n) => sum + n, 0),
      last: text().from('message').last(2),
      each: json().forEach(() => {}),
    },
    { transport: tagged(scope), onOpen: () => {} },
  )
  return `${status} ${data.tick} ${data.last.length}`
}

function App({ slots }: { slots: readonly Slot[] }) {
  const inScope = (scope: Scope) =>
    slots.map(
      (slot, index) =>
        slot.isMounted &&
        slot.scope === scope && (
          <Activity key={index} mode={slot.isHidden ? 'hidden' : 'visible'}>
            <Consumer url={slot.url} scope={scope} />
          </Activity>
        ),
    )
  return (
    <>
      {inScope('page')}
      <SSEProvider>{inScope('one')}</SSEProvider>
      {/* Its timers outlast the linger, so that one which is forgotten is found. */}
      <SSEProvider retry={{ initialDelay: 30_000, jitter: false }}>{inScope('two')}</SSEProvider>
    </>
  )
}

// The outermost element: React runs the effects of the first mount twice in no other place.
function inMode(isStrict: boolean, slots: readonly Slot[]) {
  const Mode = isStrict ? React.StrictMode : React.Fragment
  return (
    <Mode>
      <App slots={slots.map((slot) => ({ ...slot }))} />
    </Mode>
  )
}

const slotIndex = fc.nat({ max: 2 })
const command = fc.oneof(
  fc.record({ type: fc.constant('mount' as const), slot: slotIndex }),
  fc.record({ type: fc.constant('hide' as const), slot: slotIndex }),
  fc.record({ type: fc.constant('url' as const), slot: slotIndex, url: fc.constantFrom(...URLS) }),
  fc.record({
    type: fc.constant('scope' as const),
    slot: slotIndex,
    scope: fc.constantFrom(...SCOPES),
  }),
  fc.record({
    type: fc.constant('wait' as const),
    ms: fc.constantFrom(1, 16, 400, 999, 1_000, 5_000),
  }),
  fc.record({
    type: fc.constant('server' as const),
    action: fc.constantFrom('open' as const, 'emit' as const, 'drop' as const, 'fail' as const),
    source: fc.nat({ max: 5 }),
  }),
)

type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

const open = (): MockEventSource[] =>
  MockEventSource.instances.filter((source) => source.readyState !== MockEventSource.CLOSED)

/** The streams that are on the screen, as the tagged transport writes them. */
function wanted(slots: readonly Slot[]): Set<string> {
  const shown = slots.filter((slot) => slot.isMounted && !slot.isHidden && slot.url)
  return new Set(shown.map((slot) => `http://localhost:3000${slot.url}?${slot.scope}`))
}

function step(slots: Slot[], next: Command): void {
  if (next.type === 'mount') {
    const slot = slots[next.slot] as Slot
    slot.isMounted = !slot.isMounted
  } else if (next.type === 'hide') {
    const slot = slots[next.slot] as Slot
    slot.isHidden = !slot.isHidden
  } else if (next.type === 'url') (slots[next.slot] as Slot).url = next.url
  else if (next.type === 'scope') (slots[next.slot] as Slot).scope = next.scope
  else if (next.type === 'wait') act(() => void vi.advanceTimersByTime(next.ms))
  else if (next.type === 'server') serve(next.action, next.source)
}

function serve(action: 'open' | 'emit' | 'drop' | 'fail', index: number): void {
  const sources = open()
  const source = sources[index % sources.length]
  if (!source || (action === 'open') === (source.readyState === 1)) return
  if (action === 'emit') source.emit('message', 1)
  else source[action]()
}

beforeEach(() => {
  vi.useFakeTimers()
  return installMockEventSource()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

it('has one connection for each stream on the screen, and none and no timer at the end, whatever happens', () => {
  let connections = 0
  let reconnects = 0
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(command, { minLength: 1, maxLength: 25 }),
      (isStrict, commands) => {
        installMockEventSource()
        const slots: Slot[] = SCOPES.map(() => ({
          isMounted: true,
          isHidden: false,
          scope: 'page',
          url: '/a',
        }))
        const { rerender } = render(inMode(isStrict, slots))
        try {
          for (const next of commands) {
            step(slots, next)
            rerender(inMode(isStrict, slots))
            const urls = open().map((source) => source.url)
            // Never two for one stream.
            expect(urls).toHaveLength(new Set(urls).size)
            // No stream on the screen without one, but while it waits for its next attempt.
            const isWaiting = document.body.textContent?.includes('reconnecting')
            reconnects += Number(isWaiting)
            for (const url of wanted(slots)) if (!isWaiting) expect(urls).toContain(url)
          }
        } finally {
          connections += MockEventSource.instances.length
          cleanup()
          act(() => void vi.advanceTimersByTime(1_000))
        }
        expect(open()).toEqual([])
        expect(vi.getTimerCount()).toBe(0)
      },
    ),
    { numRuns: 1_000 },
  )
  // The sequences did lead somewhere.
  expect(connections).toBeGreaterThan(1_000)
  expect(reconnects).toBeGreaterThan(10)
}, 120_000)
