import {
  createClient,
  type EventSourceOptions,
  json,
  type Observer,
  type OptionOf,
} from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { createClock } from '../../support/clock.ts'
import { createScriptedTransport } from '../../support/scriptedTransport.ts'

describe('sharing connections', () => {
  it('shares one connection between equal streams only', () => {
    const { client, transport } = setup()
    const equal = [
      client.observe('/stream?a=1'),
      client.observe(new URL('/stream?a=1', location.href)),
      client.observe(`${location.origin}/stream?a=1`, { n: json() }),
      client.observe('/stream?a=1', {}, { withCredentials: false, transport }),
    ]
    const stops = equal.map((observer) => observer.subscribe(() => {}))
    expect(transport.attempts).toHaveLength(1)
    stops.push(client.observe('/stream?a=2').subscribe(() => {}))
    expect(transport.attempts).toHaveLength(2)
    stops.push(client.observe('/stream?a=1', {}, { withCredentials: true }).subscribe(() => {}))
    expect(transport.attempts).toHaveLength(3)
    expect(transport.attempts.map(({ request }) => request.withCredentials)).toEqual([
      false,
      false,
      true,
    ])
    for (const stop of stops) stop()
  })

  it('treats transports with the same key as equal, and uses the latest one', () => {
    const { client, clock } = setup()
    const [first, second, third] = [
      createScriptedTransport('one'),
      createScriptedTransport('one'),
      createScriptedTransport('two'),
    ]
    const stops = [first, second, third].map((transport) =>
      client.observe('/stream', {}, { transport }).subscribe(() => {}),
    )
    expect(first.attempts).toHaveLength(1)
    expect(second.attempts).toHaveLength(0)
    expect(third.attempts).toHaveLength(1)
    first.latest().fail()
    clock.advance(30_000)
    expect(first.live()).toHaveLength(0)
    expect(second.live()).toHaveLength(1)
    for (const stop of stops) stop()
  })

  it('uses the defaults in the key of a stream if the observer has no option of its own', () => {
    const { client, transport, defaults } = setup()
    defaults.withCredentials = true
    const stops = [
      client.observe('/stream').subscribe(() => {}),
      client.observe('/stream', {}, { withCredentials: true }).subscribe(() => {}),
      client.observe('/stream', {}, { withCredentials: false }).subscribe(() => {}),
    ]
    expect(transport.attempts.map(({ request }) => request.withCredentials)).toEqual([true, false])
    for (const stop of stops) stop()
  })

  it('key() combines the url, withCredentials and the key of the transport', () => {
    const { client, defaults } = setup()
    const key = client.key('/stream')
    expect(client.key('/stream', { withCredentials: false })).toBe(key)
    expect(client.key('/stream', { transport: createScriptedTransport() })).toBe(key)
    const others = [
      client.key('/other'),
      client.key('/stream', { withCredentials: true }),
      client.key('/stream', { transport: createScriptedTransport('two') }),
    ]
    expect(new Set([key, ...others]).size).toBe(4)
    expect(client.key(null)).toBe(client.key(''))
    defaults.withCredentials = true
    expect(client.key('/stream')).toBe(others[1])
  })

  it('accepts a function as defaults, and calls it each time', () => {
    const transport = createScriptedTransport()
    let withCredentials = false
    const client = createClient({
      defaults: (name) => (({ transport, withCredentials }) as EventSourceOptions)[name],
    })
    client.observe('/stream').subscribe(() => {})()
    withCredentials = true
    client.observe('/stream').subscribe(() => {})()
    expect(transport.attempts.map(({ request }) => request.withCredentials)).toEqual([false, true])
  })

  it('shares no connection between two clients', () => {
    const [one, two] = [setup(), setup()]
    for (const { client } of [one, two]) client.observe('/stream').subscribe(() => {})
    expect(one.transport.attempts).toHaveLength(1)
    expect(two.transport.attempts).toHaveLength(1)
  })

  it('opens another connection after the linger', () => {
    const { client, transport, clock } = setup()
    const observer = client.observe('/stream', { n: json() })
    observer.subscribe(() => {})()
    clock.advance(999)
    observer.subscribe(() => {})()
    expect(transport.attempts).toHaveLength(1)
    clock.advance(1_000)
    expect(transport.live()).toHaveLength(0)
    observer.subscribe(() => {})
    expect(transport.attempts).toHaveLength(2)
    expect(transport.live()).toHaveLength(1)
  })
})

describe('a connection after its linger', () => {
  it('is discarded, with its values and its last event id', () => {
    const { client, transport, clock, defaults } = setup()
    defaults.lastEventId = 'start'
    const channels = { n: json<number>().last(3) }
    const stop = client.observe('/stream', channels).subscribe(() => {})
    transport.latest().open()
    transport.latest().emit('n', '1', 'later')
    stop()
    clock.advance(1_000)
    const observer = client.observe('/stream', channels)
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting', data: { n: [] } })
    observer.subscribe(() => {})
    expect(observer.getSnapshot().data.n).toEqual([])
    expect(transport.latest().request.lastEventId).toBe('start')
  })
})

describe('a falsy url', () => {
  it.each([null, undefined, false, ''] as const)('is idle and makes no attempt: %j', (url) => {
    const { client, transport, clock } = setup()
    const observer = client.observe(url, { n: json(), list: json().last(2) })
    const stop = observer.subscribe(() => {})
    expect(observer.getSnapshot()).toMatchObject({
      status: 'idle',
      data: { n: undefined, list: [] },
      error: null,
    })
    observer.update({ n: json(), other: json() }, {})
    observer.getSnapshot().reconnect()
    observer.getSnapshot().close()
    stop()
    expect(observer.getSnapshot().status).toBe('idle')
    expect(transport.attempts).toHaveLength(0)
    expect(clock.pending()).toBe(0)
  })
})

describe('an observer', () => {
  it('has the status "connecting" before its first subscriber, without effects', () => {
    const { client, transport } = setup()
    const observer = client.observe('/stream', { n: json() })
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting', data: { n: undefined } })
    expect(serverSnapshot(observer).status).toBe('connecting')
    expect(transport.attempts).toHaveLength(0)
  })

  it('needs only a url', () => {
    const { client } = setup()
    expect(client.observe('/stream').getSnapshot().data).toEqual({})
  })

  it('throws if the url is invalid or an option is out of bounds', () => {
    const { client } = setup()
    expect(() => client.observe('http://')).toThrow(TypeError)
    expect(() => client.observe('/stream', {}, { linger: -1 })).toThrow(RangeError)
    expect(() => client.observe({} as never)).toThrow(/^The url is an object: give/)
    expect(() => client.observe('/stream', {}, null as never)).toThrow(
      /^The options are null: give/,
    )
    expect(() => client.observe('/stream', ['quote'] as never)).toThrow(/^`channels` is an array/)
  })

  it('throws if a config has the form that it had before', () => {
    expect(() => createClient((() => undefined) as never)).toThrow(
      'createClient(option) is now createClient({ defaults: option })',
    )
  })

  it('throws if a default of the client is out of bounds', () => {
    for (const bad of [{ linger: Number.NaN }, { flush: -1 }, { retry: { factor: 0.5 } }]) {
      const { client, defaults } = setup()
      Object.assign(defaults, bad)
      expect(() => client.observe('/stream')).toThrow(RangeError)
    }
  })

  it('joins the connection that exists when it subscribes, not when it was created', () => {
    const { client, transport, clock } = setup()
    const early = client.observe('/stream', { n: json().last(3) })
    const other = client.observe('/stream', { n: json().last(3) })
    other.subscribe(() => {})
    transport.latest().open()
    transport.latest().emit('n', '1')
    clock.frame()
    expect(early.getSnapshot()).toMatchObject({ status: 'open', data: { n: [1] } })
    early.subscribe(() => {})
    expect(transport.attempts).toHaveLength(1)
  })
})

describe('option()', () => {
  it('returns the defaults that the client was created with, or the built-in ones', () => {
    const { client, defaults } = setup()
    defaults.linger = 5
    expect(client.option('linger')).toBe(5)
    expect(client.option('retry')).toBeUndefined()
    expect(createClient().option('linger')).toBe(1_000)
  })
})

function setup() {
  const clock = createClock()
  const transport = createScriptedTransport()
  const defaults: EventSourceOptions = { transport }
  const option: OptionOf = (name) => defaults[name]
  return { client: createClient({ defaults: option }, clock), clock, transport, defaults }
}

function serverSnapshot(observer: Observer) {
  return observer.getServerSnapshot({})
}
