import { beforeEach, describe, expect, it, vi } from 'vitest'
import { installMockEventSource, MockEventSource } from 'use-event-source/testing'

// The numbers are sections of the HTML standard. 9.2 is "Server-sent events".

// Compiles only if the mock has the type of the platform's class.
const Class: typeof EventSource = MockEventSource
const { CONNECTING, OPEN, CLOSED } = MockEventSource

let source: MockEventSource
let log: string[]

beforeEach(() => installMockEventSource())

beforeEach(() => {
  source = new MockEventSource('/stream')
  log = []
})

/** Logs events of these types, with `readyState` at that moment and a message's data. */
function listen(...types: string[]): void {
  for (const type of types) {
    source.addEventListener(type, (event: Event) => {
      const data = event instanceof MessageEvent ? ` ${event.data}` : ''
      log.push(`${event.type} ${source.readyState}${data}`)
    })
  }
}

function opened(): MockEventSource {
  source.open()
  log.length = 0
  return source
}

describe('9.2.2 The EventSource interface', () => {
  it('is an EventTarget and has the type EventSource', () => {
    const standard: EventSource = new Class('/stream', { withCredentials: true })
    expect(standard).toBeInstanceOf(EventTarget)
    expect(standard).toBeInstanceOf(MockEventSource)
  })

  it('has the constants on the class and on each instance', () => {
    expect([Class.CONNECTING, Class.OPEN, Class.CLOSED]).toEqual([0, 1, 2])
    expect([source.CONNECTING, source.OPEN, source.CLOSED]).toEqual([0, 1, 2])
  })

  it('resolves the url against the base url of the document', () => {
    const { origin } = location
    expect(new MockEventSource('stream?a=b#c').url).toBe(`${origin}/stream?a=b#c`)
    expect(new MockEventSource('').url).toBe(document.baseURI)
    expect(new MockEventSource('//other.test').url).toBe('http://other.test/')
    expect(new MockEventSource(new URL('https://other.test/a')).url).toBe('https://other.test/a')

    const base = document.head.appendChild(document.createElement('base'))
    base.href = 'https://cdn.test/app/'
    expect(new MockEventSource('stream').url).toBe('https://cdn.test/app/stream')
    base.remove()
  })

  it('throws a SyntaxError for a url that does not parse, and adds no instance', () => {
    const before = MockEventSource.instances.length
    let error: unknown
    try {
      new MockEventSource('http://this is invalid/')
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(DOMException)
    expect(error).toMatchObject({
      name: 'SyntaxError',
      message: expect.stringMatching(/"http:\/\/this is invalid\/".*pass one that/),
    })
    expect(MockEventSource.instances).toHaveLength(before)
  })

  it('has withCredentials false by default', () => {
    expect(new MockEventSource('/').withCredentials).toBe(false)
    expect(new MockEventSource('/', {}).withCredentials).toBe(false)
    expect(new MockEventSource('/', { withCredentials: true }).withCredentials).toBe(true)
  })

  it('starts as CONNECTING and stays so until a control is called', async () => {
    vi.useFakeTimers()
    listen('open', 'message', 'error')
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
    expect(source.readyState).toBe(CONNECTING)
    expect(log).toEqual([])
  })

  it('has a readyState that cannot be assigned', () => {
    expect(() => Object.assign(source, { readyState: OPEN })).toThrow(TypeError)
    expect(source.readyState).toBe(CONNECTING)
  })
})

describe('9.2.2 close()', () => {
  it('sets readyState to CLOSED at once and fires nothing', () => {
    listen('open', 'message', 'error')
    source.close()
    expect(source.readyState).toBe(CLOSED)

    source = new MockEventSource('/stream')
    listen('open', 'message', 'error')
    opened().close()
    expect(source.readyState).toBe(CLOSED)
    expect(log).toEqual([])
  })

  it('can be called again', () => {
    source.close()
    source.close()
    expect(source.readyState).toBe(CLOSED)
  })

  it('drops events that wait for their turn', () => {
    listen('message')
    opened()
    source.addEventListener('first', () => {
      source.emit('message', 'under way')
      source.drop()
      source.close()
    })
    source.addEventListener('error', () => log.push('error'))
    source.emit('first')
    expect(log).toEqual([])
    expect(source.readyState).toBe(CLOSED)
  })

  it('does not skip the remaining listeners of the current event', () => {
    opened()
    source.addEventListener('last', () => source.close())
    listen('last')
    source.emit('last', 'seen')
    expect(log).toEqual(['last 2 seen'])
  })
})

describe('9.2.3 Processing model', () => {
  it('announces the connection: readyState is OPEN when the open event is fired', () => {
    listen('open', 'error')
    source.open()
    expect(log).toEqual(['open 1'])
    expect(source.readyState).toBe(OPEN)
  })

  it('reestablishes a dropped connection: CONNECTING with an error event, then OPEN again', () => {
    listen('open', 'error')
    opened().drop()
    expect(source.readyState).toBe(CONNECTING)
    source.open()
    expect(log).toEqual(['error 0', 'open 1'])
  })

  it('fires an error event for each attempt that fails before one succeeds', () => {
    listen('open', 'error')
    source.drop()
    source.drop()
    source.open()
    expect(log).toEqual(['error 0', 'error 0', 'open 1'])
  })

  it('fails the connection for good: CLOSED with an error event', () => {
    listen('open', 'error')
    source.fail()
    expect(log).toEqual(['error 2'])
    expect(source.readyState).toBe(CLOSED)
  })

  it('can fail while open and while reconnecting', () => {
    listen('error')
    opened().fail()
    expect(log).toEqual(['error 2'])

    source = new MockEventSource('/stream')
    listen('error')
    opened().drop()
    source.fail()
    expect(log).toEqual(['error 0', 'error 2'])
  })

  it('fires open and error as plain events that neither bubble nor can be cancelled', () => {
    const events: Event[] = []
    source.addEventListener('open', (event) => events.push(event))
    source.addEventListener('error', (event) => events.push(event))
    source.open()
    source.drop()
    expect(events).toHaveLength(2)
    for (const event of events) {
      expect(event).not.toBeInstanceOf(MessageEvent)
      expect(event).toMatchObject({ bubbles: false, cancelable: false, target: source })
    }
  })
})

describe('9.2.6 Interpreting an event stream', () => {
  let events: MessageEvent[]

  beforeEach(() => {
    events = []
    for (const name of ['message', 'quote']) {
      source.addEventListener(name, (event: MessageEvent) => events.push(event))
    }
  })

  it('dispatches a MessageEvent with the data, the id and the origin of the url', () => {
    source = new MockEventSource('https://other.test:8443/stream?a=b')
    source.addEventListener('quote', (event: MessageEvent) => events.push(event))
    opened().emit('quote', 'text', { id: '7' })
    expect(events).toHaveLength(1)
    expect(events[0]).toBeInstanceOf(MessageEvent)
    expect(events[0]).toMatchObject({
      type: 'quote',
      data: 'text',
      lastEventId: '7',
      origin: 'https://other.test:8443',
      bubbles: false,
      cancelable: false,
      target: source,
    })
  })

  it('calls only the listeners of the event name', () => {
    opened().onmessage = () => log.push('message')
    source.emit('quote', 'a')
    source.emit('Quote', 'b')
    source.emit('other', 'c')
    expect(events.map((event) => event.data)).toEqual(['a'])
    expect(log).toEqual([])
  })

  it('names an event message if the server gives no name', () => {
    opened().emit('message', 'a')
    source.emit('', 'b')
    expect(events.map(({ type, data }) => `${type} ${data}`)).toEqual(['message a', 'message b'])
  })

  it('accepts any text as a name', () => {
    const names = ['__proto__', 'constructor', 'toString', 'open', 'error', 'a b:c']
    listen(...names)
    opened()
    for (const name of names) source.emit(name, 'x')
    expect(log).toEqual(names.map((name) => `${name} 1 x`))
  })

  it('passes a server event named error to onerror, with its data', () => {
    opened().onerror = (event) => log.push((event as MessageEvent).data)
    source.emit('error', 'from the server')
    expect(log).toEqual(['from the server'])
    expect(source.readyState).toBe(OPEN)
  })

  it('sends a string unchanged, and any other value as JSON', () => {
    opened()
    for (const data of ['{"a":1}', '', 'a\nb', { a: [1, null] }, 1, null, false, [], undefined]) {
      source.emit('quote', data)
    }
    source.emit('quote')
    expect(events.map((event) => event.data)).toEqual([
      '{"a":1}',
      '',
      'a\nb',
      '{"a":[1,null]}',
      '1',
      'null',
      'false',
      '[]',
      '',
      '',
    ])
  })

  it('throws for data without JSON, with the fix in the message', () => {
    opened()
    expect(() => source.emit('quote', () => {})).toThrow(/JSON has no function: emit a string/)
    expect(events).toEqual([])
  })

  it('keeps the last event id until another event has one, even across a reconnect', () => {
    opened().emit('quote')
    source.emit('quote', '', { id: '1' })
    source.emit('message')
    source.drop()
    source.open()
    source.emit('quote')
    source.emit('quote', '', { id: '' })
    source.emit('quote', '', {})
    source.emit('quote', '', { id: undefined })
    expect(events.map((event) => event.lastEventId)).toEqual(['', '1', '1', '1', '', '', ''])
  })

  it('ignores an id that contains NUL', () => {
    opened().emit('quote', '', { id: '1' })
    source.emit('quote', 'seen', { id: '2\0' })
    expect(events[1]).toMatchObject({ data: 'seen', lastEventId: '1' })
  })

  it('keeps a separate id for each connection', () => {
    opened().emit('quote', '', { id: '1' })
    source = new MockEventSource('/stream')
    source.addEventListener('quote', (event: MessageEvent) => events.push(event))
    opened().emit('quote')
    expect(events.map((event) => event.lastEventId)).toEqual(['1', ''])
  })
})

describe('8.1.7 Event loops', () => {
  it('dispatches an event only after the listeners of the one before have run', () => {
    source.addEventListener('open', () => source.emit('hello', 1))
    listen('open', 'hello')
    source.open()
    expect(log).toEqual(['open 1', 'hello 1 1'])
  })

  it('delays the events of other connections as well', () => {
    const other = new MockEventSource('/other')
    other.onopen = () => log.push('other')
    source.addEventListener('open', () => other.open())
    listen('open')
    source.open()
    expect(log).toEqual(['open 1', 'other'])
  })

  it('changes readyState in the task, not in the call of the control', () => {
    opened()
    source.addEventListener('error', () => {
      source.open()
      log.push(`asked ${source.readyState}`)
    })
    listen('error', 'open')
    source.drop()
    expect(log).toEqual(['asked 0', 'error 0', 'open 1'])
  })

  it('continues after a listener that throws', () => {
    const ignore = (event: ErrorEvent): void => event.preventDefault()
    addEventListener('error', ignore)
    opened().addEventListener('quote', () => {
      throw new Error('from a listener')
    })
    listen('quote')
    source.emit('quote', 1)
    source.emit('quote', 2)
    removeEventListener('error', ignore)
    expect(log).toEqual(['quote 1 1', 'quote 1 2'])
  })
})

describe('an error that names the fix is thrown', () => {
  it('by open() while open', () => {
    listen('open')
    opened()
    expect(() => source.open()).toThrow(/stream is open already: call drop\(\) before open\(\)/)
    expect(log).toEqual([])
  })

  it('by emit() before open() and after drop()', () => {
    listen('message', 'quote')
    const fix = /stream is connecting: call open\(\) before emit\(\)/
    expect(() => source.emit('quote', 1)).toThrow(fix)
    opened().drop()
    expect(() => source.emit('quote', 1, { id: '9' })).toThrow(fix)
    expect(log).toEqual([])

    source.open()
    source.addEventListener('quote', (event: MessageEvent) => log.push(`id ${event.lastEventId}`))
    source.emit('quote')
    expect(log).toEqual(['quote 1 ', 'id '])
  })

  it.each(['open', 'emit', 'drop', 'fail'] as const)('by %s() after close()', (control) => {
    listen('open', 'error', 'message')
    source.close()
    const sentence = /stream is closed, .*: call \w+\(\) before .* MockEventSource\.latest\(\)/
    expect(() => source[control]('message')).toThrow(sentence)
    expect(() => source[control]('message')).toThrow(` ${control}() `)
    expect(source.readyState).toBe(CLOSED)
    expect(log).toEqual([])
  })

  it('by the outer control if a listener misuses one, and the next control works', () => {
    const misuse = (): void => {
      source.open()
      source.emit('message', 'forgotten')
    }
    source.addEventListener('open', misuse, { once: true })
    listen('message')
    expect(() => source.open()).toThrow(/is open already/)
    source.emit('message', 'fine')
    expect(log).toEqual(['message 1 fine'])
  })
})

describe('instances', () => {
  it('lists every instance in order of creation, including closed ones', () => {
    const second = new MockEventSource('/stream')
    second.close()
    const third = new MockEventSource('/third')
    expect(MockEventSource.instances).toEqual([source, second, third])
    expect(MockEventSource.instances[1]).toBe(second)
  })

  it('latest() returns the newest instance, or the newest one for a url', () => {
    const second = new MockEventSource('/stream')
    const third = new MockEventSource('/third')
    expect(MockEventSource.latest()).toBe(third)
    expect(MockEventSource.latest('/stream')).toBe(second)
    expect(MockEventSource.latest(new URL('/stream', location.href))).toBe(second)
    second.close()
    expect(MockEventSource.latest('stream')).toBe(second)
  })

  it('latest() throws an error that lists all urls if it finds none', () => {
    new MockEventSource('/other')
    expect(() => MockEventSource.latest('/missing')).toThrow(
      /No EventSource was made for http:.*\/missing \(made so far: .*\/stream, .*\/other\): call/,
    )
    MockEventSource.instances.length = 0
    expect(() => MockEventSource.latest()).toThrow(/No EventSource was made \(made so far: none\)/)
  })
})
