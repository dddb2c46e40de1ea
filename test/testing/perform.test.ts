import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

// What React is, and what the core has to publish, is the test's to say here.

const realm = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean | undefined }
let log: string[]

beforeEach(() => {
  log = []
  realm.IS_REACT_ACT_ENVIRONMENT = true
  vi.doMock('use-event-source/core', () => ({
    flush: () => log.push('flush'),
    endLinger: () => log.push('endLinger'),
  }))
})

afterEach(() => {
  vi.doUnmock('react')
  vi.doUnmock('use-event-source/core')
  vi.resetModules()
  delete realm.IS_REACT_ACT_ENVIRONMENT
})

/** The door as it is with such a React, and a connection on which `open` and `quote` are logged. */
async function load(react: Record<string, unknown>) {
  vi.doMock('react', () => ({ default: react, act: undefined, unstable_act: undefined, ...react }))
  const door = await import('use-event-source/testing')
  const source = new door.MockEventSource('/stream')
  source.onopen = () => log.push('open')
  source.addEventListener('quote', () => log.push('quote'))
  return { ...door, source }
}

function act(callback: () => void): void {
  log.push(`act ${realm.IS_REACT_ACT_ENVIRONMENT}`)
  callback()
  log.push('render')
}

it('calls the listeners, publishes what waits for a frame, and then lets React render', async () => {
  const { source } = await load({ act })
  source.open()
  expect(log).toEqual(['act true', 'open', 'flush', 'render'])
})

it('does so for each control', async () => {
  const { source } = await load({ act })
  source.onerror = () => log.push('error')
  for (const control of ['open', 'emit', 'drop', 'fail'] as const) {
    log.length = 0
    source[control]('message')
    expect(log.filter((entry) => entry === 'flush')).toHaveLength(1)
    expect(log.at(-1)).toBe('render')
  }
})

it('publishes once for what listeners ask for', async () => {
  const { source } = await load({ act })
  source.addEventListener('open', () => source.emit('quote'))
  source.open()
  expect(log).toEqual(['act true', 'open', 'quote', 'flush', 'render'])
})

it('leaves dispatchEvent alone: it neither publishes nor renders', async () => {
  const { source } = await load({ act })
  source.dispatchEvent(new MessageEvent('quote', { data: '1' }))
  expect(log).toEqual(['quote'])
})

it('switches act on for its time where the variable is undefined', async () => {
  realm.IS_REACT_ACT_ENVIRONMENT = undefined
  const { source } = await load({ act })
  source.open()
  expect(log).toEqual(['act true', 'open', 'flush', 'render'])
  expect(realm.IS_REACT_ACT_ENVIRONMENT).toBeUndefined()
})

it.each([
  ['is false', () => (realm.IS_REACT_ACT_ENVIRONMENT = false)],
  ['is missing', () => delete realm.IS_REACT_ACT_ENVIRONMENT],
])('publishes without act where the variable %s', async (_, arrange) => {
  arrange()
  const before = { ...realm }
  const { source } = await load({ act })
  source.open()
  expect(log).toEqual(['open', 'flush'])
  expect({ ...realm }).toEqual(before)
})

describe('finds the act of', () => {
  it('React 18.2, which calls it unstable', async () => {
    const { source } = await load({ unstable_act: act })
    source.open()
    expect(log).toEqual(['act true', 'open', 'flush', 'render'])
  })

  it("React 19's production build, which has none", async () => {
    const { source } = await load({})
    source.open()
    expect(log).toEqual(['open', 'flush'])
  })

  it("React 18's production build, where it only throws", async () => {
    const { source } = await load({
      act() {
        throw new Error('act(...) is not supported in production builds of React.')
      },
    })
    source.open()
    expect(log).toEqual(['open', 'flush'])
    expect(() => source.open()).toThrow('is open already')
    expect(realm.IS_REACT_ACT_ENVIRONMENT).toBe(true)
  })
})

it('ends what lingers before a test, after it, and before it looks for open connections', async () => {
  const { installMockEventSource, expectNoOpenConnections } = await load({ act })
  const uninstall = installMockEventSource()
  expect(log).toEqual(['endLinger'])
  expectNoOpenConnections()
  expect(log).toEqual(['endLinger', 'endLinger'])
  uninstall()
  expect(log).toEqual(['endLinger', 'endLinger', 'endLinger'])
})
