import { handlerAttribute } from './handlerAttribute.ts'
import { perform } from './perform.ts'
import { resolveUrl } from './resolveUrl.ts'

/** What {@link MockEventSource.emit} sends besides the event's name and data. */
export interface EmitOptions {
  /**
   * The event's id. Later events have it too until one brings another, as in the standard; `''`
   * takes it back, and one with a NUL character is ignored.
   */
  id?: string | undefined
}

// The platform's EventTarget, with the listener types of an EventSource.
const Target = EventTarget as {
  new (): Pick<EventSource, 'addEventListener' | 'removeEventListener' | 'dispatchEvent'>
}

/**
 * An `EventSource` whose server is the test: it does all that the HTML standard says, except to
 * connect. It starts as CONNECTING and stays so until a control is called.
 *
 * The controls `open`, `emit`, `drop` and `fail` call every listener before they return; what this
 * library holds back for the next frame is published, and where the test uses React's `act` or Testing
 * Library, React has rendered. So a test needs neither `act` nor `waitFor`, nor a clock. Call them from
 * the test, a timer or a handler, not while a component renders or runs its effects.
 *
 * `dispatchEvent` is left as it is: it calls the listeners and does no more, so what waits for a
 * frame goes on waiting. To see a burst rendered once, put it in one `act`.
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

  /** All that were made since {@link installMockEventSource}, oldest first, closed ones too. */
  static readonly instances: MockEventSource[] = []

  /**
   * The one that was made last, be it closed or not.
   *
   * @param url only of those that connect to it; resolved as the constructor does
   * @throws Error if there is none; it lists those that there are
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
   * @param url resolved against the document's base URL, or `http://localhost/` without a document
   * @throws DOMException named `SyntaxError` if it does not parse
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

  /** Ends it for good: no event comes after this, nor does any that was under way. */
  close(): void {
    this.#readyState = MockEventSource.CLOSED
  }

  /**
   * The server has accepted, at first or after a {@link drop}: `readyState` OPEN, then `open`.
   *
   * @throws Error if it is open or closed
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
   * The server sends an event.
   *
   * @param name `'message'` (or `''`) is what a server sends that names none
   * @param data a string is sent as it is, anything else as JSON; nothing is the empty string
   * @throws Error if the connection is not open
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
   * The connection is lost, or could not be made, and the browser will try again: `readyState`
   * CONNECTING, then `error`. {@link open} is the browser's next success.
   *
   * @throws Error if it is closed
   */
  drop(): void {
    // [spec] reestablish the connection
    this.#perform('drop', () => this.#error(MockEventSource.CONNECTING))
  }

  /**
   * The browser has given up, as it does when the answer is not a 200 with an event stream:
   * `readyState` CLOSED, then `error`, and nothing ever after.
   *
   * @throws Error if it is closed
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
