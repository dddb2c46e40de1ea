import { afterEach, expect, it } from 'vitest'
import { installMockEventSource, MockEventSource } from 'use-event-source/testing'

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'EventSource')
})

it('replaces the global, and leaves no trace after uninstalling', () => {
  expect('EventSource' in globalThis).toBe(false)
  const uninstall = installMockEventSource()
  expect(globalThis.EventSource).toBe(MockEventSource)
  expect(window.EventSource).toBe(MockEventSource)
  expect(new EventSource('/stream')).toBe(MockEventSource.latest())
  uninstall()
  expect('EventSource' in globalThis).toBe(false)
})

it('restores the original property after uninstalling', () => {
  class Native {}
  const native = { value: Native, configurable: true, enumerable: false, writable: false }
  Object.defineProperty(globalThis, 'EventSource', native)
  const uninstall = installMockEventSource()
  expect(globalThis.EventSource).toBe(MockEventSource)
  uninstall()
  expect(Object.getOwnPropertyDescriptor(globalThis, 'EventSource')).toEqual(native)
})

it('makes the global writable and not enumerable, like the platform', () => {
  const uninstall = installMockEventSource()
  expect(Object.getOwnPropertyDescriptor(globalThis, 'EventSource')).toMatchObject({
    configurable: true,
    enumerable: false,
    writable: true,
  })
  uninstall()
})

it('uninstalls once: a second call does not affect a later installation', () => {
  const uninstall = installMockEventSource()
  uninstall()
  const uninstallSecond = installMockEventSource()
  uninstall()
  expect(globalThis.EventSource).toBe(MockEventSource)
  uninstallSecond()
})

it('empties the list of instances, and keeps the array', () => {
  const { instances } = MockEventSource
  new MockEventSource('/before')
  const uninstall = installMockEventSource()
  expect(MockEventSource.instances).toBe(instances)
  expect(instances).toEqual([])
  uninstall()
})

it('keeps instances and their state after uninstalling', () => {
  const uninstall = installMockEventSource()
  const source = new MockEventSource('/stream')
  source.open()
  uninstall()
  expect(source.readyState).toBe(MockEventSource.OPEN)
  expect(MockEventSource.instances).toEqual([source])
})
