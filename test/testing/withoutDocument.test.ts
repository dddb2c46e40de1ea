// @vitest-environment node
import { expect, it } from 'vitest'
import {
  expectNoOpenConnections,
  installMockEventSource,
  MockEventSource,
} from 'use-event-source/testing'

it('works without a document, with http://localhost/ as the base url', () => {
  expect(typeof document).toBe('undefined')
  const uninstall = installMockEventSource()
  const source = new EventSource('/stream')
  expect(source.url).toBe('http://localhost/stream')
  expect(() => new EventSource('http://[')).toThrow(DOMException)

  const events: MessageEvent[] = []
  source.onmessage = (event) => events.push(event)
  const mock = MockEventSource.latest('/stream')
  mock.open()
  mock.emit('message', { a: 1 }, { id: '7' })
  expect(events[0]).toMatchObject({ data: '{"a":1}', lastEventId: '7', origin: 'http://localhost' })

  expect(expectNoOpenConnections).toThrow('http://localhost/stream')
  source.close()
  expectNoOpenConnections()
  uninstall()
  expect(typeof globalThis.EventSource).toBe('undefined')
})
