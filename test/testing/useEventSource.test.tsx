import { cleanup, render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { json, useEventSource } from 'use-event-source'
import {
  expectNoOpenConnections,
  installMockEventSource,
  MockEventSource,
} from 'use-event-source/testing'

// Tests as users write them: without `act`, `waitFor` and a clock.

const realm = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean | undefined }
const consoleError = vi.spyOn(console, 'error')

beforeEach(() => installMockEventSource())

// Hooks run in reverse order.
afterEach(() => {
  vi.useRealTimers()
  delete realm.IS_REACT_ACT_ENVIRONMENT
})

afterEach(() => {
  cleanup()
  expectNoOpenConnections()
  assertQuiet()
})

/** Expects that React has logged no warning. */
function assertQuiet(): void {
  expect(consoleError.mock.calls).toEqual([])
}

function Market() {
  const { data, status } = useEventSource('/api/market', { quote: json<{ price: number }>() })
  return <p>{`${status} ${data.quote?.price ?? '-'}`}</p>
}

describe.each([true, undefined])('with IS_REACT_ACT_ENVIRONMENT %s', (environment) => {
  beforeEach(() => {
    realm.IS_REACT_ACT_ENVIRONMENT = environment
  })

  it.each(['real', 'fake'])(
    'renders the effect of each control at once, with %s timers',
    (timers) => {
      if (timers === 'fake') vi.useFakeTimers()
      render(<Market />)
      expect(screen.getByText('connecting -')).toBeTruthy()
      const source = MockEventSource.latest('/api/market')
      source.open()
      expect(screen.getByText('open -')).toBeTruthy()
      source.emit('quote', { price: 12 })
      expect(screen.getByText('open 12')).toBeTruthy()
      source.drop()
      expect(screen.getByText('reconnecting 12')).toBeTruthy()
      source.open()
      source.emit('quote', { price: 13 }, { id: '7' })
      expect(screen.getByText('open 13')).toBeTruthy()
      source.fail()
      expect(screen.getByText('reconnecting 13')).toBeTruthy()
    },
  )

  it('renders two components in StrictMode on one connection', () => {
    render(
      <>
        <Market />
        <Market />
      </>,
      { wrapper: StrictMode },
    )
    expect(MockEventSource.instances).toHaveLength(1)
    MockEventSource.latest().open()
    MockEventSource.latest().emit('quote', { price: 12 })
    expect(screen.getAllByText('open 12')).toHaveLength(2)
  })
})

it.each(['first', 'second', 'third'])('starts without connections of another test: the %s', () => {
  expect(MockEventSource.instances).toEqual([])
  const { unmount } = render(<Market />)
  expect(screen.getByText('connecting -')).toBeTruthy()
  MockEventSource.latest('/api/market').open()
  MockEventSource.latest('/api/market').emit('quote', { price: 12 })
  expect(MockEventSource.instances).toHaveLength(1)
  unmount()
  expectNoOpenConnections()
})
