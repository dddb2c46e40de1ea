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

const CLIENTS = ['page', 'one', 'two'] as const
const URLS = ['/a', '/b', null] as const

type ClientName = (typeof CLIENTS)[number]

interface Slot {
  isMounted: boolean
  isHidden: boolean
  client: ClientName
  url: (typeof URLS)[number]
}

/** Wraps the native transport. Adds the name of the client to the url for the test to see. */
function tagged(client: ClientName): Transport {
  const native = nativeTransport()
  return {
    key: native.key,
    open: (request, sink) => native.open({ ...request, url: `${request.url}?${client}` }, sink),
  }
}

function Consumer({ url, client }: { url: Slot['url']; client: ClientName }) {
  const { data, status } = useEventSource(
    url,
    {
      tick: json<number>()
        .from('message')
        .reduce((sum, n) => sum + n, 0),
      last: text().from('message').last(2),
      each: json().forEach(() => {}),
    },
    { transport: tagged(client), onOpen: () => {} },
  )
  return `${status} ${data.tick} ${data.last.length}`
}

function App({ slots }: { slots: readonly Slot[] }) {
  const inClient = (client: ClientName) =>
    slots.map(
      (slot, index) =>
        slot.isMounted &&
        slot.client === client && (
          <Activity key={index} mode={slot.isHidden ? 'hidden' : 'visible'}>
            <Consumer url={slot.url} client={client} />
          </Activity>
        ),
    )
  return (
    <>
      {inClient('page')}
      <SSEProvider>{inClient('one')}</SSEProvider>
      {/* The retry delay outlasts the linger, so that a leaked timer is found. */}
      <SSEProvider retry={{ initialDelay: 30_000, jitter: false }}>{inClient('two')}</SSEProvider>
    </>
  )
}

// StrictMode must be outermost: only there does React run the effects of the first mount twice.
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
    type: fc.constant('client' as const),
    slot: slotIndex,
    client: fc.constantFrom(...CLIENTS),
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

/** Returns the urls of the visible streams, as the tagged transport writes them. */
function visibleUrls(slots: readonly Slot[]): Set<string> {
  const shown = slots.filter((slot) => slot.isMounted && !slot.isHidden && slot.url)
  return new Set(shown.map((slot) => `http://localhost:3000${slot.url}?${slot.client}`))
}

function step(slots: Slot[], next: Command): void {
  if (next.type === 'mount') {
    const slot = slots[next.slot] as Slot
    slot.isMounted = !slot.isMounted
  } else if (next.type === 'hide') {
    const slot = slots[next.slot] as Slot
    slot.isHidden = !slot.isHidden
  } else if (next.type === 'url') (slots[next.slot] as Slot).url = next.url
  else if (next.type === 'client') (slots[next.slot] as Slot).client = next.client
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

it('each visible stream has one connection, and none and no timer is left at the end', () => {
  let connections = 0
  let reconnects = 0
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(command, { minLength: 1, maxLength: 25 }),
      (isStrict, commands) => {
        installMockEventSource()
        const slots: Slot[] = CLIENTS.map(() => ({
          isMounted: true,
          isHidden: false,
          client: 'page',
          url: '/a',
        }))
        const { rerender } = render(inMode(isStrict, slots))
        try {
          for (const next of commands) {
            step(slots, next)
            rerender(inMode(isStrict, slots))
            const urls = open().map((source) => source.url)
            // Never two connections for one stream.
            expect(urls).toHaveLength(new Set(urls).size)
            // A visible stream has a connection, except while it waits for its next attempt.
            const isWaiting = document.body.textContent?.includes('reconnecting')
            reconnects += Number(isWaiting)
            for (const url of visibleUrls(slots)) if (!isWaiting) expect(urls).toContain(url)
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
  // Guards against sequences that open or lose too few connections to test anything.
  expect(connections).toBeGreaterThan(1_000)
  expect(reconnects).toBeGreaterThan(10)
}, 120_000)
