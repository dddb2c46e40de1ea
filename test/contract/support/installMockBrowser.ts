import { installMockEventSource, MockEventSource } from 'use-event-source/testing'
import { request } from './openMemoryServer.ts'

/** The delay before a browser retries, in ms, where the stream has no `retry:` field. */
const DELAY = 3_000

/**
 * Replaces `EventSource` with a {@link MockEventSource} that acts like a browser: it requests a
 * memory server, and repeats the request after a loss. Returns a function that restores the
 * original.
 */
export function installMockBrowser(): () => void {
  const uninstall = installMockEventSource()
  globalThis.EventSource = PlayedEventSource
  return uninstall
}

/** A mock whose controls follow the answers of a memory server. */
class PlayedEventSource extends MockEventSource {
  #lastEventId = ''
  #delay = DELAY
  #hangUp = (): void => {}

  constructor(url: string | URL, init?: EventSourceInit) {
    super(url, init)
    this.#ask()
  }

  override close(): void {
    super.close()
    this.#hangUp()
  }

  #ask(): void {
    this.#hangUp = request({
      url: this.url,
      withCredentials: this.withCredentials,
      lastEventId: this.#lastEventId,
      opened: () => this.open(),
      sent: ({ event = 'message', data, id }) => {
        this.#lastEventId = id ?? this.#lastEventId
        this.emit(event, data, { id })
      },
      setRetryDelay: (delay) => {
        this.#delay = delay
      },
      refused: () => this.fail(),
      lost: () => this.#lose(),
    })
  }

  #lose(): void {
    this.drop()
    if (this.readyState === MockEventSource.CLOSED) return
    const timer = setTimeout(() => this.#ask(), this.#delay)
    this.#hangUp = () => clearTimeout(timer)
  }
}
