import { act } from '@testing-library/react'
import { hydrateRoot, type Root } from 'react-dom/client'
import { installMockEventSource, MockEventSource } from 'use-event-source/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { App } from './serverRenderedApp.tsx'

const roots: Root[] = []
let uninstall = (): void => {}

// Imports fresh modules, as on a server. React warns when two renderers use one context at once.
async function onServer() {
  vi.resetModules()
  return import('./serverRenderedApp.tsx')
}

async function hydrate(html: string, onRecoverableError: (error: unknown) => void) {
  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  roots.push(await act(async () => hydrateRoot(container, <App />, { onRecoverableError })))
  return container
}

beforeEach(() => void vi.spyOn(console, 'error'))
afterEach(() => {
  for (const root of roots.splice(0)) act(() => root.unmount())
  document.body.innerHTML = ''
  uninstall()
  vi.restoreAllMocks()
})

it('a page renders to a string and to a stream without an EventSource', async () => {
  expect(typeof globalThis.EventSource).toBe('undefined')
  const { renderAtOnce, renderAsStream } = await onServer()
  for (const html of [renderAtOnce(), await renderAsStream()]) {
    expect(html).toContain('<p>connecting - []</p>')
    expect(html).toContain('<b>connecting</b>')
  }
  expect(console.error).not.toHaveBeenCalled()
})

it.each(['renderAtOnce', 'renderAsStream'] as const)(
  'the HTML of %s hydrates without a warning, and then shows events',
  async (render) => {
    const html = await (await onServer())[render]()
    uninstall = installMockEventSource()
    const onRecoverableError = vi.fn()
    const container = await hydrate(html, onRecoverableError)
    expect(console.error).not.toHaveBeenCalled()
    expect(onRecoverableError).not.toHaveBeenCalled()
    // Two streams of the provider's client, and one of the default client.
    expect(
      MockEventSource.instances.map((source) => new URL(source.url).pathname).toSorted(),
    ).toEqual(['/api/events', '/api/ticks', '/api/ticks'])
    for (const source of MockEventSource.instances) {
      source.open()
      for (const tick of ['1', '2', '3', '4']) source.emit('tick', tick)
    }
    expect(container.textContent).toBe('open 4 [2,3,4]openopen 4 [2,3,4]')
  },
)

it('server HTML hydrates when the stream is already open on the page', async () => {
  const html = (await onServer()).renderAtOnce()
  uninstall = installMockEventSource()
  const onRecoverableError = vi.fn()
  await hydrate(html, onRecoverableError)
  for (const source of MockEventSource.instances) {
    source.open()
    source.emit('tick', '7')
  }
  const second = await hydrate(html, onRecoverableError)
  expect(console.error).not.toHaveBeenCalled()
  expect(onRecoverableError).not.toHaveBeenCalled()
  // The second provider has its own client, and so its own connections.
  expect(second.textContent).toBe('connecting - []connectingopen 7 [7]')
})
