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

beforeEach(() => installMockEventSource())
afterEach(() => expectNoOpenConnections())

describe('what it is', () => {
  it('asks for no more than a GET does: it may be made again', () => {
    expect(nativeTransport().once).toBeFalsy()
  })
})

describe('the key', () => {
  it('is that of every other, unless the query parameter differs', () => {
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

describe('opening', () => {
  it('makes an EventSource of the url, with credentials where they are wanted', () => {
    for (const withCredentials of [false, true]) {
      const { source, attempt } = open({ withCredentials })
      expect(source.url).toBe('https://example.com/stream?room=1')
      expect(source.withCredentials).toBe(withCredentials)
      attempt.close()
    }
    expect(MockEventSource.instances).toHaveLength(2)
  })

  it('throws where there is no EventSource, which is looked up only then', () => {
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
  ])('with lastEventIdParam %s and the id "%s" asks for %s', (lastEventIdParam, id, url) => {
    const { source, attempt } = open({ lastEventId: id }, { lastEventIdParam })
    expect(source.url).toBe(url)
    attempt.close()
  })
})

describe('what it says', () => {
  it('tells the sink of open, and of the events that are listened to', () => {
    const { source, sink, attempt } = open({}, {}, ['tick', 'message'])
    source.open()
    expect(sink.open).toHaveBeenCalledTimes(1)
    source.emit('tick', 'one', { id: '1' })
    source.emit('', 'two')
    source.emit('unheard', 'three')
    const origin = 'https://example.com'
    expect(sink.event.mock.calls.map(([event]) => event)).toMatchObject([
      { type: 'tick', data: 'one', lastEventId: '1', origin },
      { type: 'message', data: 'two', lastEventId: '1', origin },
    ])
    attempt.close()
  })

  it('takes the events that a server names "open" and "error" for events', () => {
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

  it('hears a name that is added later, and once where it is added twice', () => {
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

  it('leaves a drop to the browser where it may', () => {
    const { source, sink, attempt } = open()
    source.open()
    source.drop()
    const [[error] = []] = sink.drop.mock.calls
    expect(sink.fail).not.toHaveBeenCalled()
    expect(error).toBeInstanceOf(EventSourceError)
    expect(error).toMatchObject({ type: 'network', message: 'Connection lost or refused' })
    expect(error?.cause).toMatchObject({ type: 'error' })
    source.open()
    expect(sink.open).toHaveBeenCalledTimes(2)
    attempt.close()
  })

  it('fails at a drop where it may not retry', () => {
    const { source, sink, attempt } = open({ mayRetry: false })
    source.open()
    source.drop()
    expect(sink.drop).not.toHaveBeenCalled()
    expect(sink.fail).toHaveBeenCalledTimes(1)
    expect(sink.fail.mock.calls[0]?.[0]).toMatchObject({ message: 'Connection lost or refused' })
    attempt.close()
  })

  it.each([true, false])('fails once the browser has given up (mayRetry: %s)', (mayRetry) => {
    const { source, sink, attempt } = open({ mayRetry })
    source.fail()
    expect(sink.drop).not.toHaveBeenCalled()
    expect(sink.fail).toHaveBeenCalledTimes(1)
    const [[error, final] = []] = sink.fail.mock.calls
    expect(error).toMatchObject({ type: 'network', message: 'Not an event stream' })
    expect(error?.cause).toBeInstanceOf(Event)
    expect(final).toBeFalsy()
    attempt.close()
  })

  it('says nothing that a browser does not tell: ids alone, comments, retry, a final answer', () => {
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

  it('says nothing once it is closed, and leaves no timer', () => {
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

describe('under a connection', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('carries the last event id in the url where the policy opens a new one', () => {
    const { source, end } = connect()
    source().open()
    source().emit('message', 1, { id: '7' })
    source().drop()
    vi.advanceTimersByTime(100)
    expect(source().url).toBe('https://example.com/stream?since=7')
    end()
  })

  it('does not lose the last event id by an event without one after it has resumed', () => {
    const { source, end } = connect()
    source().open()
    source().emit('message', 1, { id: '7' })
    source().drop()
    vi.advanceTimersByTime(100)
    source().open()
    // A new EventSource knows of no id until the server sends one.
    source().emit('message', 2)
    source().drop()
    vi.advanceTimersByTime(100)
    expect(MockEventSource.instances).toHaveLength(3)
    expect(source().url).toBe('https://example.com/stream?since=7')
    end()
  })

  it('does not lose the id that it started with by an event without one', () => {
    const { source, end } = connect('41')
    expect(source().url).toBe('https://example.com/stream?since=41')
    source().open()
    source().emit('message', 1)
    source().drop()
    vi.advanceTimersByTime(100)
    expect(source().url).toBe('https://example.com/stream?since=41')
    end()
  })

  it('forgets the last event id when the server takes it back', () => {
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
    batch: vi.fn<Sink['batch']>((tell) => tell()),
    id: vi.fn<Sink['id']>(),
    alive: vi.fn<Sink['alive']>(),
    retry: vi.fn<Sink['retry']>(),
    drop: vi.fn<Sink['drop']>(),
    fail: vi.fn<Sink['fail']>(),
    done: vi.fn<Sink['done']>(),
    end: vi.fn<Sink['end']>(),
  }
}
