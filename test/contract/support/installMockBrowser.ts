import { installMockEventSource, MockEventSource } from 'use-event-source/testing'
import { request } from './openMemoryServer.ts'

/** How long a browser waits before it retries, in ms, where the server says nothing. */
const DELAY = 3_000

/**
 * Puts {@link MockEventSource} in the place of `EventSource`, and does around it what a browser does:
 * it asks a memory server, and asks it again after a loss. Returns what takes it off again.
 */
export function installMockBrowser(): () => void {
  const uninstall = installMockEventSource()
  globalThis.EventSource = PlayedEventSource
  return uninstall
}

/** A mock whose controls are worked by the answers of a memory server. */
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
      toldToWait: (delay) => {
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
