import { act } from '@testing-library/react'
import { hydrateRoot, type Root } from 'react-dom/client'
import { installMockEventSource, MockEventSource } from 'use-event-source/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { App } from './serverRenderedApp.tsx'

const roots: Root[] = []
let uninstall = (): void => {}

// React warns of a context that two renderers use at once: a server has modules of its own.
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

it('renders to a string and to a stream where there is no EventSource', async () => {
  expect(typeof globalThis.EventSource).toBe('undefined')
  const { renderAtOnce, renderAsStream } = await onServer()
  for (const html of [renderAtOnce(), await renderAsStream()]) {
    expect(html).toContain('<p>connecting - []</p>')
    expect(html).toContain('<b>connecting</b>')
  }
  expect(console.error).not.toHaveBeenCalled()
})

it.each(['renderAtOnce', 'renderAsStream'] as const)(
  'hydrates what %s sent without a warning, and goes on from there',
  async (render) => {
    const html = await (await onServer())[render]()
    uninstall = installMockEventSource()
    const onRecoverableError = vi.fn()
    const container = await hydrate(html, onRecoverableError)
    expect(console.error).not.toHaveBeenCalled()
    expect(onRecoverableError).not.toHaveBeenCalled()
    // The page's scope, and the provider's own stream and scope.
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

it('hydrates what the server rendered where the stream is open on the page already', async () => {
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
  // What is below the provider is a stream of its own, in a scope of its own.
  expect(second.textContent).toBe('connecting - []connectingopen 7 [7]')
})
