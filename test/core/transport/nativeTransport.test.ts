import {
  createConnection,
  EventSourceError,
  json,
  nativeTransport,
  type TransportRequest,
} from 'use-event-source/core'
import {
  expectNoOpenConnections,
  installMockEventSource,
  MockEventSource,
} from 'use-event-source/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { requestOf } from '../../support/requestOf.ts'

const URL = 'https://example.com/stream?room=1'
const LOST = 'https://example.com/stream: lost or refused'

beforeEach(() => installMockEventSource())
afterEach(() => expectNoOpenConnections())

describe('the native transport', () => {
  it('is not once-only, because a GET may be repeated', () => {
    expect(nativeTransport().once).toBeFalsy()
  })
})

describe('the key of the native transport', () => {
  it('is the same for all native transports, unless the query parameter differs', () => {
    expect(nativeTransport().key).toBe(nativeTransport({}).key)
    expect(nativeTransport({ lastEventIdParam: 'since' }).key).toBe(
      nativeTransport({ lastEventIdParam: 'since' }).key,
    )
    const keys = [{}, { lastEventIdParam: 'since' }, { lastEventIdParam: 'after' }].map(
      (options) => nativeTransport(options).key,
    )
    expect(new Set(keys).size).toBe(3)
  })
})

describe('opening the native transport', () => {
  it('creates an EventSource with the url, and with credentials on request', () => {
    for (const withCredentials of [false, true]) {
      const { source, attempt } = open({ withCredentials })
      expect(source.url).toBe('https://example.com/stream?room=1')
      expect(source.withCredentials).toBe(withCredentials)
      attempt.close()
    }
    expect(MockEventSource.instances).toHaveLength(2)
  })

  it('throws when there is no EventSource, which is looked up only then', () => {
    vi.stubGlobal('EventSource', undefined)
    const transport = nativeTransport()
    expect(() => transport.open(requestOf({ url: URL }), sinkOf())).toThrow(/not a constructor/)
    vi.unstubAllGlobals()
  })

  it.each([
    [undefined, '7', 'https://example.com/stream?room=1'],
    ['since', '', 'https://example.com/stream?room=1'],
    ['since', 'a b&c', 'https://example.com/stream?room=1&since=a+b%26c'],
    ['room', '7', 'https://example.com/stream?room=7'],
  ])('with lastEventIdParam %s and the id "%s" requests %s', (lastEventIdParam, id, url) => {
    const { source, attempt } = open({ lastEventId: id }, { lastEventIdParam })
    expect(source.url).toBe(url)
    attempt.close()
  })
})

describe('an attempt of the native transport', () => {
  it('reports open, and the events that are listened to', () => {
    const { source, sink, attempt } = open({}, {}, ['tick', 'message'])
    source.open()
    expect(sink.open).toHaveBeenCalledTimes(1)
    source.emit('tick', 'one', { id: '1' })
    source.emit('', 'two')
    source.emit('unlistened', 'three')
    const origin = 'https://example.com'
    expect(sink.event.mock.calls.map(([event]) => event)).toMatchObject([
      { type: 'tick', data: 'one', lastEventId: '1', origin },
      { type: 'message', data: 'two', lastEventId: '1', origin },
    ])
    attempt.close()
  })

  it('reports server events named "open" and "error" as events', () => {
    const { source, sink, attempt } = open({}, {}, ['open', 'error'])
    source.open()
    source.emit('open', 'a door')
    source.emit('error', '')
    expect(sink.event.mock.calls.map(([{ type, data }]) => [type, data])).toEqual([
      ['open', 'a door'],
      ['error', ''],
    ])
    expect(sink.open).toHaveBeenCalledTimes(1)
    expect(sink.drop).not.toHaveBeenCalled()
    expect(sink.fail).not.toHaveBeenCalled()
    attempt.close()
  })

  it('reports events of a name that is added later, and once if it is added twice', () => {
    const { source, sink, attempt } = open({}, {}, ['tick'])
    source.open()
    source.emit('late', 1)
    expect(sink.event).not.toHaveBeenCalled()
    attempt.listen('late')
    attempt.listen('tick')
    attempt.listen('open')
    source.emit('late', 2)
    source.emit('tick', 3)
    source.emit('open', 4)
    expect(sink.event.mock.calls.map(([{ data }]) => data)).toEqual(['2', '3', '4'])
    attempt.close()
  })

  it('leaves a drop to the browser when mayRetry is true', () => {
    const { source, sink, attempt } = open()
    source.open()
    source.drop()
    const [[error] = []] = sink.drop.mock.calls
    expect(sink.fail).not.toHaveBeenCalled()
    expect(error).toBeInstanceOf(EventSourceError)
    expect(error).toMatchObject({ type: 'network', message: LOST })
    expect(error?.cause).toMatchObject({ type: 'error' })
    source.open()
    expect(sink.open).toHaveBeenCalledTimes(2)
    attempt.close()
  })

  it('fails at a drop when mayRetry is false', () => {
    const { source, sink, attempt } = open({ mayRetry: false })
    source.open()
    source.drop()
    expect(sink.drop).not.toHaveBeenCalled()
    expect(sink.fail).toHaveBeenCalledTimes(1)
    expect(sink.fail.mock.calls[0]?.[0]).toMatchObject({ message: LOST })
    attempt.close()
  })

  it.each([true, false])('fails once the browser has given up (mayRetry: %s)', (mayRetry) => {
    const { source, sink, attempt } = open({ mayRetry })
    source.fail()
    expect(sink.drop).not.toHaveBeenCalled()
    expect(sink.fail).toHaveBeenCalledTimes(1)
    const [[error, final] = []] = sink.fail.mock.calls
    expect(error).toMatchObject({
      type: 'network',
      message: expect.stringMatching(
        /^https:\/\/example\.com\/stream: no event stream for this page/,
      ),
    })
    expect(error?.cause).toBeInstanceOf(Event)
    expect(final).toBeFalsy()
    attempt.close()
  })

  it('fails at a drop with a lastEventIdParam, which the browser would repeat out of date', () => {
    const { source, sink, attempt } = open({}, { lastEventIdParam: 'since' })
    source.open()
    source.drop()
    expect(sink.drop).not.toHaveBeenCalled()
    expect(sink.fail).toHaveBeenCalledTimes(1)
    expect(sink.fail.mock.calls[0]?.[1]).toBeFalsy()
    attempt.close()
  })

  it.each(['htp://example.com/', 'ftp://example.com/', 'javascript:0', 'mailto:a@example.com'])(
    'fails for good when the browser gives up on %s, which no retry can help',
    (url) => {
      const { source, sink, attempt } = open({ url })
      source.fail()
      const [[error, final] = []] = sink.fail.mock.calls
      expect(error).toMatchObject({
        type: 'unsupported',
        message: expect.stringContaining(`${url}: no event stream for this page`),
      })
      expect(final).toBe(true)
      attempt.close()
    },
  )

  it('names the address in its errors, without credentials, query and fragment', () => {
    for (const report of ['drop', 'fail'] as const) {
      const url = 'https://user:secret@example.com/a/b?token=secret#secret'
      const { source, sink, attempt } = open({ url, mayRetry: false })
      source[report]()
      const [[error] = []] = sink.fail.mock.calls
      expect(error?.message).toContain('https://example.com/a/b: ')
      expect(error?.message).not.toContain('secret')
      attempt.close()
    }
  })

  it('closes its source again when the browser reopens it after close()', () => {
    for (const type of ['open', 'error', 'message']) {
      const { source, sink, attempt } = open()
      source.open()
      attempt.close()
      const close = vi.spyOn(source, 'close')
      // WebKit reopens a closed source when the page returns from the back-forward cache.
      source.dispatchEvent(type === 'message' ? new MessageEvent(type) : new Event(type))
      expect(close).toHaveBeenCalledTimes(Number(type !== 'message'))
      expect(sink.open).toHaveBeenCalledTimes(1)
      for (const name of ['fail', 'drop', 'event'] as const)
        expect(sink[name]).not.toHaveBeenCalled()
    }
  })

  it('reports no lone ids, comments, retry fields or final answers, which browsers hide', () => {
    const { source, sink, attempt } = open({}, {}, ['tick'])
    source.open()
    source.emit('tick', '1', { id: 'a' })
    source.drop()
    source.open()
    source.fail()
    for (const name of ['id', 'alive', 'retry', 'done'] as const)
      expect(sink[name]).not.toHaveBeenCalled()
    attempt.close()
  })

  it('reports nothing once it is closed, and leaves no timer', () => {
    vi.useFakeTimers()
    const { source, sink, attempt } = open({}, {}, ['tick'])
    source.open()
    attempt.close()
    expect(source.readyState).toBe(MockEventSource.CLOSED)
    expect(() => source.emit('tick', 1)).toThrow(/is closed/)
    expect(sink.event).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
})

describe('a connection with the native transport', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('sends the last event id in the url of a retry', () => {
    const { source, end } = connect()
    source().open()
    source().emit('message', 1, { id: '7' })
    source().drop()
    vi.advanceTimersByTime(100)
    expect(source().url).toBe('https://example.com/stream?since=7')
    end()
  })

  it('keeps the last event id when an event without an id comes after a resume', () => {
    const { source, end } = connect()
    source().open()
    source().emit('message', 1, { id: '7' })
    source().drop()
    vi.advanceTimersByTime(100)
    source().open()
    // A new EventSource has no last event id until the server sends one.
    source().emit('message', 2)
    source().drop()
    vi.advanceTimersByTime(100)
    expect(MockEventSource.instances).toHaveLength(3)
    expect(source().url).toBe('https://example.com/stream?since=7')
    end()
  })

  it('keeps the initial last event id when an event without an id comes', () => {
    const { source, end } = connect('41')
    expect(source().url).toBe('https://example.com/stream?since=41')
    source().open()
    source().emit('message', 1)
    source().drop()
    vi.advanceTimersByTime(100)
    expect(source().url).toBe('https://example.com/stream?since=41')
    end()
  })

  it('sends no last event id when the server has reset it', () => {
    const { source, end } = connect()
    source().open()
    source().emit('message', 1, { id: '7' })
    source().emit('message', 2, { id: '' })
    source().drop()
    vi.advanceTimersByTime(100)
    expect(MockEventSource.instances).toHaveLength(2)
    expect(source().url).toBe('https://example.com/stream')
    end()
  })

  function connect(lastEventId?: string) {
    const connection = createConnection('https://example.com/stream', {
      transport: nativeTransport({ lastEventIdParam: 'since' }),
      retry: { initialDelay: 100, factor: 1, jitter: false },
      linger: 0,
      lastEventId,
    })
    const end = connection.observe({ message: json() }).subscribe(() => {})
    return { source: () => MockEventSource.latest(), end }
  }
})

function open(
  request: Partial<TransportRequest> = {},
  options: Parameters<typeof nativeTransport>[0] = {},
  names: readonly string[] = [],
) {
  const sink = sinkOf()
  const attempt = nativeTransport(options).open(requestOf({ url: URL, ...request }), sink)
  for (const name of names) attempt.listen(name)
  return { sink, attempt, source: MockEventSource.latest() }
}

type Sink = Parameters<ReturnType<typeof nativeTransport>['open']>[1]

function sinkOf() {
  return {
    open: vi.fn<Sink['open']>(),
    event: vi.fn<Sink['event']>(),
    batch: vi.fn<Sink['batch']>((report) => report()),
    id: vi.fn<Sink['id']>(),
    alive: vi.fn<Sink['alive']>(),
    retry: vi.fn<Sink['retry']>(),
    drop: vi.fn<Sink['drop']>(),
    fail: vi.fn<Sink['fail']>(),
    done: vi.fn<Sink['done']>(),
    end: vi.fn<Sink['end']>(),
  }
}
