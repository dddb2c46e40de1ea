import { act } from '@testing-library/react'
import { hydrateRoot, type Root } from 'react-dom/client'
import { installMockEventSource, MockEventSource } from 'use-event-source/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { App, seen } from './initialDataApp.tsx'

const roots: Root[] = []
let uninstall = (): void => {}

// Imports fresh modules, as on a server. React warns when two renderers use one context at once.
async function onServer() {
  vi.resetModules()
  return import('./initialDataApp.tsx')
}

async function hydrate(html: string, isStrict: boolean) {
  uninstall = installMockEventSource()
  const onRecoverableError = vi.fn()
  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  seen.length = 0
  roots.push(
    await act(async () =>
      hydrateRoot(container, <App isStrict={isStrict} />, { onRecoverableError }),
    ),
  )
  expect(console.error).not.toHaveBeenCalled()
  expect(onRecoverableError).not.toHaveBeenCalled()
  return container
}

beforeEach(() => void vi.spyOn(console, 'error'))
afterEach(() => {
  for (const root of roots.splice(0)) act(() => root.unmount())
  document.body.innerHTML = ''
  uninstall()
  vi.restoreAllMocks()
})

it('initialData is in the HTML of the server, including that of a provider', async () => {
  const html = (await onServer()).renderAtOnce()
  expect(html).toContain('<p>connecting 2 [1,2] 3</p>')
  expect(html).toContain('<b>from the server</b>')
  expect(console.error).not.toHaveBeenCalled()
})

it.each([false, true])(
  'initialData hydrates without a mismatch, and events are added to it (strict: %s)',
  async (isStrict) => {
    const html = (await onServer()).renderAtOnce()
    const container = await hydrate(html, isStrict)
    expect(container.textContent).toBe('connecting 2 [1,2] 3from the server')
    const ticks = MockEventSource.latest('/api/ticks')
    ticks.open()
    expect(container.textContent).toBe('open 2 [1,2] 3from the server')
    ticks.emit('tick', { n: 3 })
    expect(container.textContent).toBe('open 3 [1,2,3] 6from the server')
    ticks.emit('tick', { n: 4 })
    expect(container.textContent).toBe('open 4 [2,3,4] 10from the server')
    MockEventSource.latest('/api/events').open()
    MockEventSource.latest('/api/events').emit('badge', 'from the stream')
    expect(container.textContent).toBe('open 4 [2,3,4] 10from the stream')
  },
)

it('inline initialData hydrates in one render, and is the same when the stream opens', async () => {
  const html = (await onServer()).renderAtOnce()
  await hydrate(html, false)
  expect(seen).toHaveLength(1)
  MockEventSource.latest('/api/ticks').open()
  expect(seen).toHaveLength(2)
  expect(seen[1]).toBe(seen[0])
})

it('inline initialData renders at most four times to hydrate in StrictMode', async () => {
  const html = (await onServer()).renderAtOnce()
  await hydrate(html, true)
  expect(seen.length).toBeLessThanOrEqual(4)
})
