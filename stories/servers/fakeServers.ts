import { MockEventSource } from 'use-event-source/testing'
import { fakeFetch } from './fakeFetch.ts'
import type { Client } from './room.ts'
import { retryDelay } from './rooms.ts'
import { rooms } from './serverControl.ts'

/**
 * Replaces EventSource and fetch with fakes that the demo servers answer in the page, for the
 * static build, which has no server. Events and failures come from the same code as those of the
 * live servers.
 */
export function installFakeServers(): void {
  globalThis.EventSource = FakeServedEventSource as unknown as typeof EventSource
  globalThis.fetch = fakeFetch(globalThis.fetch)
}

class FakeServedEventSource extends MockEventSource {
  #leave = (): void => {}

  constructor(url: string | URL, init?: EventSourceInit) {
    super(url, init)
    this.#request()
  }

  override close(): void {
    super.close()
    this.#leave()
  }

  /**
   * Requests the stream. The response is asynchronous, so no event fires while the constructor
   * runs.
   */
  #request(lastEventId = new URL(this.url).searchParams.get('lastEventId') ?? undefined): void {
    const url = new URL(this.url)
    const room = rooms.at(url)
    const timer = setTimeout(() => room?.join(client, { lastEventId }), 20)
    // Like a browser, the same EventSource reconnects after `retry:`, with its last id.
    const comeBack = (): void => {
      const again = setTimeout(() => this.#request(lastEventId), retryDelay(url))
      this.#leave = () => clearTimeout(again)
      this.drop()
    }
    const client: Client = {
      open: () => this.open(),
      refuse: () => this.fail(),
      send: (events) => {
        for (const { event = 'message', id, data } of events) {
          if (id !== undefined) lastEventId = id
          this.emit(event, data, id === undefined ? {} : { id })
        }
      },
      end: comeBack,
      cut: comeBack,
    }
    this.#leave = () => {
      clearTimeout(timer)
      room?.leave(client)
    }
  }
}
