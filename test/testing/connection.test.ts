import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createConnection, json } from 'use-event-source/core'
import {
  expectNoOpenConnections,
  installMockEventSource,
  MockEventSource,
} from 'use-event-source/testing'

beforeEach(() => installMockEventSource())

afterEach(() => {
  vi.useRealTimers()
})

/** Subscribes to a stream of this library, with the default `flush: 'frame'`. */
function subscribe() {
  const connection = createConnection('/stream')
  const quotes = connection.observe({ quote: json<number>(), quotes: json().from('quote').last(9) })
  const listener = vi.fn<() => void>()
  const unsubscribe = quotes.subscribe(listener)
  return { quotes, listener, unsubscribe, source: MockEventSource.latest('/stream') }
}

it.each(['with', 'without'])('a control publishes before it returns, %s fake timers', (how) => {
  if (how === 'with') vi.useFakeTimers()
  const { quotes, listener, unsubscribe, source } = subscribe()
  source.open()
  expect(quotes.getSnapshot().status).toBe('open')
  source.emit('quote', 1)
  expect(quotes.getSnapshot().data.quote).toBe(1)
  source.emit('quote', 2)
  expect(quotes.getSnapshot().data).toEqual({ quote: 2, quotes: [1, 2] })
  source.drop()
  expect(quotes.getSnapshot().status).toBe('reconnecting')
  source.open()
  expect(quotes.getSnapshot().status).toBe('open')
  expect(listener).toHaveBeenCalled()
  unsubscribe()
})

it('dispatchEvent leaves publishing to the frame', () => {
  vi.useFakeTimers()
  const { quotes, listener, unsubscribe, source } = subscribe()
  source.open()
  listener.mockClear()
  for (let i = 1; i <= 2_000; i++) {
    source.dispatchEvent(new MessageEvent('quote', { data: `${i}` }))
  }
  expect(quotes.getSnapshot().data.quote).toBeUndefined()
  expect(listener).not.toHaveBeenCalled()
  vi.advanceTimersToNextFrame()
  expect(quotes.getSnapshot().data.quote).toBe(2_000)
  expect(listener).toHaveBeenCalledTimes(1)
  unsubscribe()
})

it('expectNoOpenConnections throws for a stream in use, but not for a lingering one', () => {
  const { unsubscribe, source } = subscribe()
  source.open()
  expect(expectNoOpenConnections).toThrow(source.url)
  unsubscribe()
  expect(source.readyState).toBe(MockEventSource.OPEN)
  expectNoOpenConnections()
  expect(source.readyState).toBe(MockEventSource.CLOSED)
})

it('installMockEventSource closes lingering connections of an earlier test', () => {
  const { unsubscribe, source } = subscribe()
  unsubscribe()
  expect(source.readyState).toBe(MockEventSource.CONNECTING)
  const uninstall = installMockEventSource()
  expect(source.readyState).toBe(MockEventSource.CLOSED)
  uninstall()
})

it('uninstalling closes lingering connections', () => {
  const uninstall = installMockEventSource()
  const { unsubscribe, source } = subscribe()
  unsubscribe()
  uninstall()
  expect(source.readyState).toBe(MockEventSource.CLOSED)
})
