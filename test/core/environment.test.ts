import { publishPending } from 'use-event-source/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { callUser, platform, reportException } from '../../src/core/environment.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  publishPending()
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('the clock', () => {
  it('reads the time from Date and random numbers from Math', () => {
    vi.setSystemTime(123_456)
    vi.spyOn(Math, 'random').mockReturnValue(0.75)
    expect(platform.now()).toBe(123_456)
    expect(platform.random()).toBe(0.75)
  })

  it('runs a timer once, after its delay, unless it was cancelled', () => {
    const callback = vi.fn()
    const cancelled = vi.fn()
    const cancel = platform.setTimer(callback, 100)
    platform.setTimer(cancelled, 100)()
    vi.advanceTimersByTime(99)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1_000)
    expect(callback).toHaveBeenCalledTimes(1)
    expect(cancelled).not.toHaveBeenCalled()
    cancel()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([Number.POSITIVE_INFINITY, 2 ** 31, 1e300])(
    'limits a delay of %d to the longest that a timer supports',
    (delay) => {
      const set = vi.spyOn(globalThis, 'setTimeout')
      platform.setTimer(() => {}, delay)()
      expect(set.mock.calls[0]?.[1]).toBe(2 ** 31 - 1)
    },
  )
})

describe('frames', () => {
  it('requests one frame for any number of callbacks, and runs them in order', () => {
    const request = vi.spyOn(globalThis, 'requestAnimationFrame')
    const calls: number[] = []
    for (const n of [1, 2, 3]) platform.onFrame(() => calls.push(n))
    expect(request).toHaveBeenCalledTimes(1)
    expect(calls).toEqual([])
    vi.advanceTimersToNextFrame()
    expect(calls).toEqual([1, 2, 3])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('runs a callback that was added during a frame in the next frame', () => {
    const again = vi.fn()
    const first = vi.fn(() => void platform.onFrame(again))
    platform.onFrame(first)
    vi.advanceTimersToNextFrame()
    expect(again).not.toHaveBeenCalled()
    vi.advanceTimersToNextFrame()
    expect(first).toHaveBeenCalledTimes(1)
    expect(again).toHaveBeenCalledTimes(1)
  })

  it('does not run a cancelled callback', () => {
    const calls: number[] = []
    const cancel = platform.onFrame(() => calls.push(1))
    platform.onFrame(() => calls.push(2))
    cancel()
    vi.advanceTimersToNextFrame()
    cancel()
    expect(calls).toEqual([2])
  })

  it('uses a timer of 16 ms while the page is hidden', () => {
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    const request = vi.spyOn(globalThis, 'requestAnimationFrame')
    const callback = vi.fn()
    platform.onFrame(callback)
    vi.advanceTimersByTime(15)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(callback).toHaveBeenCalledTimes(1)
    expect(request).not.toHaveBeenCalled()
  })

  it('uses a timer of 16 ms where there is no document', () => {
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('requestAnimationFrame', undefined)
    const callback = vi.fn()
    platform.onFrame(callback)
    vi.advanceTimersByTime(16)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  it('runs the callback after one second if the page was hidden before the frame came', () => {
    vi.stubGlobal('requestAnimationFrame', () => 0)
    const callback = vi.fn()
    platform.onFrame(callback)
    vi.advanceTimersByTime(999)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(callback).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('lets a late frame run the callbacks that wait for the next one', () => {
    const frames: FrameRequestCallback[] = []
    vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame))
    const calls: string[] = []
    platform.onFrame(() => calls.push('early'))
    vi.advanceTimersByTime(1_000)
    platform.onFrame(() => calls.push('late'))
    for (const frame of frames) frame(0)
    expect(calls).toEqual(['early', 'late'])
    vi.advanceTimersByTime(5_000)
    expect(calls).toEqual(['early', 'late'])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('publishPending()', () => {
  it('runs a waiting callback immediately, and only once', () => {
    const callback = vi.fn()
    platform.onFrame(callback)
    publishPending()
    expect(callback).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(5_000)
    publishPending()
    expect(callback).toHaveBeenCalledTimes(1)
  })

  it('cancels the pending timer, and later callbacks get a new one', () => {
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    platform.onFrame(() => {})
    publishPending()
    expect(vi.getTimerCount()).toBe(0)
    const callback = vi.fn()
    platform.onFrame(callback)
    vi.advanceTimersByTime(16)
    expect(callback).toHaveBeenCalledTimes(1)
  })

  it('does nothing if no callback is waiting', () => {
    expect(() => publishPending()).not.toThrow()
  })
})

describe('callUser()', () => {
  it('passes the arguments on, and returns the result', () => {
    expect(callUser((a: number, b: number) => a + b, 1, 2)).toBe(3)
    expect(callUser(undefined)).toBeUndefined()
  })

  it('reports an exception with reportError', () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const mistake = new Error('mistake')
    const result = callUser(() => {
      throw mistake
    })
    expect(result).toBeUndefined()
    expect(report).toHaveBeenCalledExactlyOnceWith(mistake)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('throws an exception in a separate task if reportError is missing', () => {
    vi.stubGlobal('reportError', undefined)
    const mistake = new Error('mistake')
    reportException(mistake)
    expect(() => vi.runAllTimers()).toThrow(mistake)
  })
})

describe('isOnline()', () => {
  it.each([
    [true, true],
    [false, false],
  ])('returns navigator.onLine: %s', (onLine, expected) => {
    vi.stubGlobal('navigator', { onLine })
    expect(platform.isOnline('https://example.com/')).toBe(expected)
  })

  it.each([
    'http://localhost/stream',
    'http://localhost:3000/stream',
    'http://127.0.0.1:8080/',
    'http://127.8.0.1/',
    'http://[::1]:5173/',
  ])('is true without a network for a server on this machine: %s', (url) => {
    vi.stubGlobal('navigator', { onLine: false })
    expect(platform.isOnline(url)).toBe(true)
  })

  it.each([
    'https://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'https://notlocalhost/',
    'https://example.com/localhost/',
    'http://1.127.0.0/',
    '/stream',
  ])('is false without a network for any other server: %s', (url) => {
    vi.stubGlobal('navigator', { onLine: false })
    expect(platform.isOnline(url)).toBe(false)
  })

  it.each([undefined, {}, { onLine: undefined }])(
    'returns true if navigator.onLine is missing: %j',
    (navigator) => {
      vi.stubGlobal('navigator', navigator)
      expect(platform.isOnline('https://example.com/')).toBe(true)
    },
  )
})

describe('onWake()', () => {
  const cancels: (() => void)[] = []
  afterEach(() => {
    for (const cancel of cancels.splice(0)) cancel()
  })

  function listen() {
    const callback = vi.fn<(isRestored: boolean) => void>()
    cancels.push(platform.onWake(callback))
    return callback
  }

  it.each([
    ['online', () => window],
    ['offline', () => window],
    ['visibilitychange', () => document],
    ['pageshow', () => window],
  ] as const)('calls the callback on %s', (name, target) => {
    const callback = listen()
    target().dispatchEvent(new Event(name, { bubbles: true }))
    expect(callback.mock.calls).toEqual([[false]])
  })

  it('ignores other events', () => {
    const callback = listen()
    for (const name of ['pagehide', 'focus', 'blur', 'load', 'resume', 'freeze'])
      document.dispatchEvent(new Event(name, { bubbles: true }))
    expect(callback).not.toHaveBeenCalled()
  })

  it('reports whether the page was restored from the back-forward cache', () => {
    const callback = listen()
    for (const persisted of [true, false])
      window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }))
    expect(callback.mock.calls).toEqual([[true], [false]])
  })

  it('ignores a page that becomes hidden, but reports network changes while it is hidden', () => {
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    const callback = listen()
    const changeVisibility = (): boolean =>
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    changeVisibility()
    expect(callback).not.toHaveBeenCalled()
    window.dispatchEvent(new Event('online'))
    window.dispatchEvent(new Event('offline'))
    expect(callback.mock.calls).toEqual([[false], [false]])
    hidden.mockReturnValue(false)
    changeVisibility()
    expect(callback).toHaveBeenCalledTimes(3)
  })

  it('calls each callback until it is cancelled, and leaves no event listener behind', () => {
    const [add, remove] = [
      vi.spyOn(globalThis, 'addEventListener'),
      vi.spyOn(globalThis, 'removeEventListener'),
    ]
    const [one, other] = [vi.fn(), vi.fn()]
    const [cancelOne, cancelOther] = [platform.onWake(one), platform.onWake(other)]
    window.dispatchEvent(new Event('online'))
    cancelOne()
    window.dispatchEvent(new Event('online'))
    cancelOne()
    cancelOther()
    for (const name of ['online', 'offline', 'pageshow']) window.dispatchEvent(new Event(name))
    expect([one.mock.calls.length, other.mock.calls.length]).toEqual([1, 2])
    expect(add.mock.calls.length).toBe(12)
    const removed = remove.mock.calls.map(([name, listener]) => ({ name, listener }))
    for (const [name, listener] of add.mock.calls)
      expect(removed).toContainEqual({ name, listener })
  })

  it.each(['beforeunload', 'pagehide'])('notes at %s that the page may be left', async (name) => {
    vi.useFakeTimers()
    vi.resetModules()
    const { platform } = await import('../../src/core/environment.ts')
    const callback = vi.fn()
    const cancel = platform.onWake(callback)
    vi.advanceTimersByTime(10_000)
    expect(platform.leavingFor()).toBe(0)
    window.dispatchEvent(new Event(name))
    expect(platform.leavingFor()).toBe(5_000)
    vi.advanceTimersByTime(1_000)
    expect(platform.leavingFor()).toBe(4_000)
    vi.advanceTimersByTime(5_000)
    expect(platform.leavingFor()).toBe(0)
    expect(callback).not.toHaveBeenCalled()
    cancel()
    vi.useRealTimers()
  })

  it('cancels one registration at a time if a callback is registered twice', () => {
    const callback = vi.fn()
    const cancel = platform.onWake(callback)
    platform.onWake(callback)()
    window.dispatchEvent(new Event('online'))
    expect(callback).toHaveBeenCalledTimes(1)
    cancel()
  })

  it('never calls the callback in an environment without these events', () => {
    vi.stubGlobal('addEventListener', undefined)
    vi.stubGlobal('removeEventListener', undefined)
    const callback = vi.fn()
    const cancel = platform.onWake(callback)
    window.dispatchEvent(new Event('online'))
    expect(() => cancel()).not.toThrow()
    expect(callback).not.toHaveBeenCalled()
  })
})

describe('importing the core', () => {
  it('touches no global and sets no timer', async () => {
    vi.useRealTimers()
    const touched: string[] = []
    const names = [
      'document',
      'location',
      'navigator',
      'EventSource',
      'fetch',
      'localStorage',
      'requestAnimationFrame',
      'reportError',
      'addEventListener',
      'BroadcastChannel',
    ]
    const restore = names.map((name) => {
      const before = Object.getOwnPropertyDescriptor(globalThis, name)
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get() {
          touched.push(name)
          return undefined
        },
      })
      return () => {
        if (before) Object.defineProperty(globalThis, name, before)
        else Reflect.deleteProperty(globalThis, name)
      }
    })
    const random = vi.spyOn(Math, 'random')
    const timeout = vi.spyOn(globalThis, 'setTimeout')
    const interval = vi.spyOn(globalThis, 'setInterval')
    vi.resetModules()
    const fresh = await import('use-event-source/core')
    for (const restoreGlobal of restore) restoreGlobal()
    expect(fresh.publishPending).not.toBe(publishPending)
    expect(touched).toEqual([])
    expect(random).not.toHaveBeenCalled()
    expect(timeout).not.toHaveBeenCalled()
    expect(interval).not.toHaveBeenCalled()
  })
})
