import { afterEach, expect, it } from 'vitest'
import { installMockEventSource, MockEventSource } from 'use-event-source/testing'

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'EventSource')
})

it('puts the mock in the place of the global and, taken off, leaves no trace of it', () => {
  expect('EventSource' in globalThis).toBe(false)
  const uninstall = installMockEventSource()
  expect(globalThis.EventSource).toBe(MockEventSource)
  expect(window.EventSource).toBe(MockEventSource)
  expect(new EventSource('/stream')).toBe(MockEventSource.latest())
  uninstall()
  expect('EventSource' in globalThis).toBe(false)
})

it('restores what was there, as it was', () => {
  class Native {}
  const native = { value: Native, configurable: true, enumerable: false, writable: false }
  Object.defineProperty(globalThis, 'EventSource', native)
  const uninstall = installMockEventSource()
  expect(globalThis.EventSource).toBe(MockEventSource)
  uninstall()
  expect(Object.getOwnPropertyDescriptor(globalThis, 'EventSource')).toEqual(native)
})

it('hides the global from enumeration and lets it be replaced, like the platform', () => {
  const uninstall = installMockEventSource()
  expect(Object.getOwnPropertyDescriptor(globalThis, 'EventSource')).toMatchObject({
    configurable: true,
    enumerable: false,
    writable: true,
  })
  uninstall()
})

it('is taken off once: a second call leaves what came after it', () => {
  const uninstall = installMockEventSource()
  uninstall()
  const uninstallSecond = installMockEventSource()
  uninstall()
  expect(globalThis.EventSource).toBe(MockEventSource)
  uninstallSecond()
})

it('forgets the instances of before, in the same list', () => {
  const { instances } = MockEventSource
  new MockEventSource('/before')
  const uninstall = installMockEventSource()
  expect(MockEventSource.instances).toBe(instances)
  expect(instances).toEqual([])
  uninstall()
})

it('leaves instances and their state when it is taken off', () => {
  const uninstall = installMockEventSource()
  const source = new MockEventSource('/stream')
  source.open()
  uninstall()
  expect(source.readyState).toBe(MockEventSource.OPEN)
  expect(MockEventSource.instances).toEqual([source])
})
