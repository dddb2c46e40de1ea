import { createConnection, type EventSourceOptions, json } from 'use-event-source/core'
import { describe, expect, it, vi } from 'vitest'
import { IDLE, OPEN } from '../../../src/core/connection/state.ts'
import { createClock } from '../../support/clock.ts'
import { createScriptedTransport } from '../../support/scriptedTransport.ts'

describe('creating a connection', () => {
  it('has no effects, and resolves the url', () => {
    const { connection, transport, clock } = setup()
    expect(connection.url).toBe(`${location.origin}/stream`)
    expect(connection.getSnapshot()).toBe(IDLE)
    connection.reconnect()
    connection.close()
    expect(connection.getSnapshot()).toBe(IDLE)
    expect(transport.attempts).toHaveLength(0)
    expect(clock.pending()).toBe(0)
  })

  it('throws if the url is invalid or an option is out of bounds', () => {
    expect(() => createConnection('http://')).toThrow(TypeError)
    expect(() => createConnection('/stream', { linger: Number.NaN })).toThrow(RangeError)
    expect(() => createConnection('/stream', { retry: { initialDelay: -1 } })).toThrow(RangeError)
    expect(() => createConnection(null as never)).toThrow(/^The url is null: give/)
    expect(() => createConnection('/stream', { heartBeat: 5 } as object)).toThrow(TypeError)
    expect(() => createConnection('/stream', null as never)).toThrow(/^The options are null: give/)
  })

  it('never shares attempts with another connection to the same url', () => {
    const transport = createScriptedTransport()
    for (const _ of [1, 2]) createConnection('/stream', { transport }).subscribe(() => {})
    expect(transport.attempts).toHaveLength(2)
  })
})

describe('a connection as a store', () => {
  it('opens with the first listener, and closes when the linger after the last one is over', () => {
    const { connection, transport, clock } = setup()
    const stops = [connection.subscribe(() => {}), connection.subscribe(() => {})]
    expect(transport.attempts).toHaveLength(1)
    for (const stop of stops) stop()
    clock.advance(999)
    expect(transport.live()).toHaveLength(1)
    clock.advance(1)
    expect(transport.live()).toHaveLength(0)
    expect(clock.pending()).toBe(0)
    expect(connection.getSnapshot()).toBe(IDLE)
  })

  it('calls its listeners once for each change of state', () => {
    const { connection, transport, clock } = setup({ retry: { jitter: false } })
    const seen: unknown[] = []
    connection.subscribe(() => {
      const { status, retryAt } = connection.getSnapshot()
      seen.push(retryAt === null ? status : `${status} in ${retryAt - clock.now()}`)
    })
    transport.latest().open()
    transport.latest().fail()
    clock.advance(1_000)
    transport.latest().open()
    connection.close()
    connection.close()
    connection.reconnect()
    expect(seen).toEqual([
      'open',
      'reconnecting in 1000',
      'reconnecting',
      'open',
      'closed',
      'connecting',
    ])
  })

  it('calls its own listeners only for state, and those of an observer for data too', () => {
    const { connection, transport, clock } = setup()
    const [onState, onData] = [vi.fn(), vi.fn()]
    connection.subscribe(onState)
    connection.observe({ n: json() }).subscribe(onData)
    transport.latest().open()
    expect([onState, onData].map((listener) => listener.mock.calls.length)).toEqual([1, 1])
    for (let n = 0; n < 3; n++) {
      transport.latest().emit('n', String(n))
      clock.frame()
    }
    transport.latest().emit('n', '{')
    clock.frame()
    expect([onState, onData].map((listener) => listener.mock.calls.length)).toEqual([1, 5])
  })

  it('returns the same snapshot until the state changes', () => {
    const { connection, transport, clock } = setup()
    connection.observe({ n: json() }).subscribe(() => {})
    expect(connection.getSnapshot()).toBe(connection.getSnapshot())
    transport.latest().open()
    expect(connection.getSnapshot()).toBe(OPEN)
    transport.latest().drop()
    const lost = connection.getSnapshot()
    transport.latest().emit('n', '1')
    clock.frame()
    expect(connection.getSnapshot()).toBe(lost)
  })

  it('allows unsubscribing twice, and counts a listener that is added twice as two', () => {
    const { connection, transport, clock } = setup()
    const listener = vi.fn()
    const [first, second] = [connection.subscribe(listener), connection.subscribe(listener)]
    transport.latest().open()
    expect(listener).toHaveBeenCalledTimes(2)
    first()
    first()
    clock.advance(5_000)
    expect(transport.live()).toHaveLength(1)
    transport.latest().drop()
    expect(listener).toHaveBeenCalledTimes(3)
    second()
    second()
    clock.advance(1_000)
    expect(transport.live()).toHaveLength(0)
  })

  it('continues if it is subscribed to again during the linger, and starts again after it', () => {
    const { connection, transport, clock } = setup({ lastEventId: 'start' })
    const channels = { n: json().last(2) }
    const observer = connection.observe(channels)
    const stop = observer.subscribe(() => {})
    transport.latest().open()
    transport.latest().emit('n', '1', '9')
    clock.frame()
    stop()
    clock.advance(999)
    observer.subscribe(() => {})()
    expect(observer.getSnapshot()).toMatchObject({ status: 'open', data: { n: [1] } })
    clock.advance(1_000)
    expect(observer.getSnapshot()).toMatchObject({ status: 'idle', data: { n: [] } })
    observer.subscribe(() => {})
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting', data: { n: [] } })
    expect(transport.attempts).toHaveLength(2)
    expect(transport.latest().request.lastEventId).toBe('start')
  })

  it('stays closed until reconnect(), which opens it immediately', () => {
    const { connection, transport } = setup()
    connection.subscribe(() => {})
    connection.close()
    expect(connection.getSnapshot()).toMatchObject({ status: 'closed', reason: 'stopped' })
    connection.subscribe(() => {})
    expect(transport.attempts).toHaveLength(1)
    connection.reconnect()
    expect(connection.getSnapshot().status).toBe('connecting')
    expect(transport.live()).toHaveLength(1)
  })
})

describe('the options', () => {
  it('of a connection are defaults for its observers, and its callbacks are called once', () => {
    const [outer, inner] = [vi.fn(), vi.fn()]
    const { connection, transport } = setup({ onOpen: outer, linger: 5 })
    connection.observe({}, { onOpen: inner }).subscribe(() => {})
    connection.observe({}).subscribe(() => {})
    connection.subscribe(() => {})
    transport.latest().open()
    expect(outer).toHaveBeenCalledTimes(1)
    expect(inner).toHaveBeenCalledTimes(1)
  })

  it('of an observer are checked', () => {
    const { connection } = setup()
    expect(() => connection.observe({}, { flush: -1 })).toThrow(RangeError)
  })
})

function setup(options: EventSourceOptions = {}) {
  const clock = createClock()
  const transport = createScriptedTransport()
  const connection = createConnection('/stream', { transport, ...options }, clock)
  return { connection, clock, transport }
}
