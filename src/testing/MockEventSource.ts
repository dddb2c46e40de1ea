import { handlerAttribute } from './handlerAttribute.ts'
import { perform } from './perform.ts'
import { resolveUrl } from './resolveUrl.ts'

/** The options of {@link MockEventSource.emit}. */
export interface EmitOptions {
  /**
   * The event's id. As in the standard, later events have it too, until one has another id. `''` clears
   * it. An id that contains a NUL character is ignored.
   */
  id?: string | undefined
}

// The platform's `EventTarget`, typed with the listeners of an `EventSource`.
const Target = EventTarget as {
  new (): Pick<EventSource, 'addEventListener' | 'removeEventListener' | 'dispatchEvent'>
}

/**
 * An `EventSource` whose server is the test. Behaves as the HTML standard says, but never connects:
 * `readyState` stays CONNECTING until the test calls a control.
 *
 * Before one of the controls `open`, `emit`, `drop` and `fail` returns, every listener has been called,
 * this library has published the values that wait for a frame, and React has rendered, if the test uses
 * React's `act` or Testing Library. A test therefore needs no `act`, no `waitFor` and no clock. Call the
 * controls from the test, a timer or a handler, but not while a component renders or runs its effects.
 *
 * `dispatchEvent` only calls the listeners: values that wait for a frame keep waiting. To render a burst
 * of events once, wrap it in one `act`.
 *
 * @example
 * render(<Market />)
 * const source = MockEventSource.latest('/api/market')
 * source.open()
 * source.emit('quote', { symbol: 'ACME', price: 12 })
 * expect(screen.getByText('12')).toBeVisible()
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class MockEventSource extends Target implements EventSource {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 2

  /** All instances since {@link installMockEventSource}, oldest first, including closed ones. */
  static readonly instances: MockEventSource[] = []

  /**
   * Returns the newest instance, open or closed.
   *
   * @param url - returns the newest instance for this url, resolved as in the constructor
   * @throws {Error} if there is none; the message lists the urls of all instances
   */
  static latest(url?: string | URL): MockEventSource {
    const { instances } = MockEventSource
    const wanted = url === undefined ? undefined : resolveUrl(url)
    const latest = instances.findLast((source) => wanted === undefined || source.url === wanted)
    if (latest) return latest
    const made = instances.map((source) => source.url).join(', ') || 'none'
    throw new Error(
      `No EventSource was made${wanted === undefined ? '' : ` for ${wanted}`} (made so far: ${made}): call installMockEventSource() first, then render what opens it`,
    )
  }

  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSED = 2
  readonly url: string
  readonly withCredentials: boolean

  #readyState: number = MockEventSource.CONNECTING
  #lastEventId = ''
  readonly #onopen = handlerAttribute<Event>(this, 'open')
  readonly #onmessage = handlerAttribute<MessageEvent>(this, 'message')
  readonly #onerror = handlerAttribute<Event>(this, 'error')

  /**
   * @param url - resolved against the document's base url, or `http://localhost/` without a document
   * @throws {DOMException} named `SyntaxError`, if the url does not parse
   */
  constructor(url: string | URL, init?: EventSourceInit) {
    super()
    this.url = resolveUrl(url)
    this.withCredentials = Boolean(init?.withCredentials)
    MockEventSource.instances.push(this)
  }

  get readyState(): number {
    return this.#readyState
  }

  get onopen(): EventSource['onopen'] {
    return this.#onopen.get()
  }

  set onopen(handler) {
    this.#onopen.set(handler)
  }

  get onmessage(): EventSource['onmessage'] {
    return this.#onmessage.get()
  }

  set onmessage(handler) {
    this.#onmessage.set(handler)
  }

  get onerror(): EventSource['onerror'] {
    return this.#onerror.get()
  }

  set onerror(handler) {
    this.#onerror.set(handler)
  }

  /** Closes the connection for good. No event follows, not even one that waits for its turn. */
  close(): void {
    this.#readyState = MockEventSource.CLOSED
  }

  /**
   * Accepts the connection, for the first time or after a {@link drop}: `readyState` becomes OPEN, then
   * `open` is fired.
   *
   * @throws {Error} if the connection is open or closed
   */
  open(): void {
    this.#perform('open', () => {
      if (this.#readyState === MockEventSource.OPEN) {
        throw new Error(`${this.url} is open already: call drop() before open() to reconnect it`)
      }
      // [spec] announce the connection
      this.#readyState = MockEventSource.OPEN
      this.dispatchEvent(new Event('open'))
    })
  }

  /**
   * Sends an event.
   *
   * @param name - the event's name; `'message'` or `''` for an event without a name
   * @param data - a string is sent unchanged, any other value as JSON. Left out: the empty string
   * @throws {Error} if the connection is not open
   * @throws {TypeError} if the data has no JSON, such as a function
   *
   * @example
   * source.emit('quote', { price: 12 }, { id: '7' })
   */
  emit(name: string, data: unknown = '', { id }: EmitOptions = {}): void {
    const text: string | undefined = typeof data === 'string' ? data : JSON.stringify(data)
    if (text === undefined) throw new TypeError(`JSON has no ${typeof data}: emit a string instead`)
    this.#perform('emit', () => {
      if (this.#readyState !== MockEventSource.OPEN) {
        throw new Error(`${this.url} is connecting: call open() before emit()`)
      }
      // [spec] If the field value does not contain U+0000 NULL, then set the last event ID buffer
      if (id !== undefined && !id.includes('\0')) this.#lastEventId = id
      this.dispatchEvent(
        // [spec] If the event type buffer has a value other than the empty string, change the type
        new MessageEvent(name || 'message', {
          data: text,
          origin: new URL(this.url).origin,
          lastEventId: this.#lastEventId,
        }),
      )
    })
  }

  /**
   * Loses the connection, or refuses it, as a browser sees it that reconnects: `readyState` becomes
   * CONNECTING, then `error` is fired. {@link open} lets the browser's next attempt succeed.
   *
   * @throws {Error} if the connection is closed
   */
  drop(): void {
    // [spec] reestablish the connection
    this.#perform('drop', () => this.#error(MockEventSource.CONNECTING))
  }

  /**
   * Fails the connection for good, as a browser does when the response is not a 200 with an event
   * stream: `readyState` becomes CLOSED, then `error` is fired, and nothing follows.
   *
   * @throws {Error} if the connection is closed
   */
  fail(): void {
    // [spec] fail the connection
    this.#perform('fail', () => this.#error(MockEventSource.CLOSED))
  }

  #error(readyState: number): void {
    this.#readyState = readyState
    this.dispatchEvent(new Event('error'))
  }

  #perform(control: string, task: () => void): void {
    if (this.#readyState === MockEventSource.CLOSED) {
      throw new Error(
        `${this.url} is closed, and nothing reaches a closed EventSource: call ${control}() before it is closed, or on the one that replaced it, MockEventSource.latest()`,
      )
    }
    perform(() => {
      // [spec] if the readyState attribute is set to a value other than CLOSED
      if (this.#readyState !== MockEventSource.CLOSED) task()
    })
  }
}
