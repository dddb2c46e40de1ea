import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

// React and the core are mocked, to log the order of their calls.

const realm = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean | undefined }
let log: string[]

beforeEach(() => {
  log = []
  realm.IS_REACT_ACT_ENVIRONMENT = true
  vi.doMock('use-event-source/core', () => ({
    publishPending: () => log.push('publish'),
    endLinger: () => log.push('endLinger'),
  }))
})

afterEach(() => {
  vi.doUnmock('react')
  vi.doUnmock('use-event-source/core')
  vi.resetModules()
  delete realm.IS_REACT_ACT_ENVIRONMENT
})

/** Loads the entry point with this React, and opens a source whose `open` and `quote` are logged. */
async function load(react: Record<string, unknown>) {
  vi.doMock('react', () => ({ default: react, act: undefined, unstable_act: undefined, ...react }))
  const testing = await import('use-event-source/testing')
  const source = new testing.MockEventSource('/stream')
  source.onopen = () => log.push('open')
  source.addEventListener('quote', () => log.push('quote'))
  return { ...testing, source }
}

function act(callback: () => void): void {
  log.push(`act ${realm.IS_REACT_ACT_ENVIRONMENT}`)
  callback()
  log.push('render')
}

it('calls the listeners, then publishes pending values, and then lets React render', async () => {
  const { source } = await load({ act })
  source.open()
  expect(log).toEqual(['act true', 'open', 'publish', 'render'])
})

it('publishes and renders in each control', async () => {
  const { source } = await load({ act })
  source.onerror = () => log.push('error')
  for (const control of ['open', 'emit', 'drop', 'fail'] as const) {
    log.length = 0
    source[control]('message')
    expect(log.filter((entry) => entry === 'publish')).toHaveLength(1)
    expect(log.at(-1)).toBe('render')
  }
})

it('publishes once if listeners call controls', async () => {
  const { source } = await load({ act })
  source.addEventListener('open', () => source.emit('quote'))
  source.open()
  expect(log).toEqual(['act true', 'open', 'quote', 'publish', 'render'])
})

it('neither publishes nor renders in dispatchEvent', async () => {
  const { source } = await load({ act })
  source.dispatchEvent(new MessageEvent('quote', { data: '1' }))
  expect(log).toEqual(['quote'])
})

it('enables act during a control if the variable is undefined', async () => {
  realm.IS_REACT_ACT_ENVIRONMENT = undefined
  const { source } = await load({ act })
  source.open()
  expect(log).toEqual(['act true', 'open', 'publish', 'render'])
  expect(realm.IS_REACT_ACT_ENVIRONMENT).toBeUndefined()
})

it.each([
  ['is false', () => (realm.IS_REACT_ACT_ENVIRONMENT = false)],
  ['is missing', () => delete realm.IS_REACT_ACT_ENVIRONMENT],
])('publishes without act if the variable %s', async (_, arrange) => {
  arrange()
  const before = { ...realm }
  const { source } = await load({ act })
  source.open()
  expect(log).toEqual(['open', 'publish'])
  expect({ ...realm }).toEqual(before)
})

describe('act', () => {
  it('is found as unstable_act in React 18.2', async () => {
    const { source } = await load({ unstable_act: act })
    source.open()
    expect(log).toEqual(['act true', 'open', 'publish', 'render'])
  })

  it("is not needed in React 19's production build, which has none", async () => {
    const { source } = await load({})
    source.open()
    expect(log).toEqual(['open', 'publish'])
  })

  it("is ignored in React 18's production build, where it only throws", async () => {
    const { source } = await load({
      act() {
        throw new Error('act(...) is not supported in production builds of React.')
      },
    })
    source.open()
    expect(log).toEqual(['open', 'publish'])
    expect(() => source.open()).toThrow('is open already')
    expect(realm.IS_REACT_ACT_ENVIRONMENT).toBe(true)
  })
})

it('ends linger on installing, on uninstalling, and before the check for open connections', async () => {
  const { installMockEventSource, expectNoOpenConnections } = await load({ act })
  const uninstall = installMockEventSource()
  expect(log).toEqual(['endLinger'])
  expectNoOpenConnections()
  expect(log).toEqual(['endLinger', 'endLinger'])
  uninstall()
  expect(log).toEqual(['endLinger', 'endLinger', 'endLinger'])
})
