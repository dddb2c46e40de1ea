import { createClient, type EventSourceOptions } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { createClock } from '../../support/clock.ts'
import { createScriptedTransport } from '../../support/scriptedTransport.ts'

const MINUTE = 60_000

describe('a connectTimeout from a later render', () => {
  it('applies to the current attempt', () => {
    const { client, transport, clock, status } = setup()
    const observer = client.observe('/stream', {}, {})
    observer.subscribe(() => {})
    clock.advance(1_000)
    observer.update({}, { connectTimeout: 2_000 })
    clock.advance(999)
    expect([status(), transport.attempts.length]).toEqual(['connecting', 1])
    clock.advance(1)
    expect(status()).toBe('reconnecting')
  })
})

describe('a heartbeat from a later subscriber', () => {
  it('applies to a connection that is already open', () => {
    const { join, transport, clock } = setup()
    join()
    transport.latest().open()
    clock.advance(1_000)
    join({ heartbeat: 15_000 })
    expect(clock.pending()).toBe(1)
    clock.advance(13_999)
    expect(transport.attempts).toHaveLength(1)
    clock.advance(1_001)
    expect(transport.attempts).toHaveLength(2)
    expect(transport.live()).toHaveLength(1)
  })

  it('counts from the last sign of life, even if that came before the subscriber', () => {
    const { join, transport, clock, status } = setup()
    join()
    transport.latest().open()
    clock.advance(10_000)
    transport.latest().sink.alive()
    clock.advance(10_000)
    join({ heartbeat: 15_000 })
    clock.advance(4_999)
    expect(status()).toBe('open')
    clock.advance(1)
    expect(status()).toBe('reconnecting')
  })

  it('shares one timer between any number of subscribers', () => {
    const { join, transport, clock } = setup()
    join({ heartbeat: 20_000 })
    transport.latest().open()
    for (let n = 0; n < 10; n++) join({ heartbeat: 15_000 })
    expect(clock.pending()).toBe(1)
    clock.advance(16_000)
    expect(transport.attempts).toHaveLength(2)
  })

  it('replaces a longer heartbeat until its subscriber leaves', () => {
    const { join, transport, clock, status } = setup()
    join({ heartbeat: MINUTE })
    transport.latest().open()
    const leave = join({ heartbeat: 15_000 })
    clock.advance(14_000)
    leave()
    clock.advance(45_999)
    expect(status()).toBe('open')
    clock.advance(1)
    expect(status()).toBe('reconnecting')
  })

  it('leaves no timer after its last subscriber has left, and the connection stays open', () => {
    const { join, transport, clock, status } = setup()
    join()
    transport.latest().open()
    join({ heartbeat: 15_000 })()
    clock.advance(5_000)
    expect(clock.pending()).toBe(0)
    clock.advance(60 * MINUTE)
    expect(status()).toBe('open')
  })

  it('changes nothing while the connection is connecting, waiting to reconnect or closed', () => {
    const { join, transport, clock, status } = setup({
      connectTimeout: MINUTE,
      retry: { initialDelay: MINUTE, maxDelay: MINUTE },
    })
    clock.luck = 0.999
    join()
    join({ heartbeat: 1_000 })
    clock.advance(59_000)
    expect(status()).toBe('connecting')
    expect(clock.pending()).toBe(1)
    transport.latest().fail()
    join({ heartbeat: 1_000 })
    clock.advance(59_000)
    expect(status()).toBe('reconnecting')
    expect([transport.attempts.length, clock.pending()]).toEqual([1, 1])
    clock.advance(1_000)
    transport.latest().fail(true)
    join({ heartbeat: 1_000 })
    expect(clock.pending()).toBe(0)
    expect(status()).toBe('closed')
  })

  it('sets only one timer if its subscriber is added while listeners are called', () => {
    const { client, transport, clock } = setup({
      connectTimeout: MINUTE,
      retry: { initialDelay: 1_000, jitter: false },
    })
    const watcher = client.observe('/stream')
    const joining: (() => void)[] = []
    watcher.subscribe(() => {
      joining.push(client.observe('/stream', {}, { heartbeat: 30_000 }).subscribe(() => {}))
    })
    transport.latest().open()
    expect(clock.pending()).toBe(1)
    transport.latest().fail()
    expect(clock.pending()).toBe(1)
    clock.advance(500)
    clock.wake()
    expect(clock.pending()).toBe(1)
    clock.advance(0)
    expect(transport.attempts).toHaveLength(2)
    expect(clock.pending()).toBe(1)
    transport.latest().open()
    clock.advance(10_000)
    expect(transport.attempts).toHaveLength(2)
    expect(joining.length).toBeGreaterThan(3)
  })
})

describe('a heartbeat from a later render', () => {
  it('applies to a connection that is already open', () => {
    const { client, transport, clock, status } = setup()
    const observer = client.observe('/stream')
    observer.subscribe(() => {})
    transport.latest().open()
    observer.update({}, { heartbeat: 15_000 })
    clock.advance(15_000)
    expect(status()).toBe('reconnecting')
  })

  it('applies if it is shorter than the previous one', () => {
    const { client, transport, clock, status } = setup()
    const observer = client.observe('/stream', {}, { heartbeat: MINUTE })
    observer.subscribe(() => {})
    transport.latest().open()
    observer.update({}, { heartbeat: 2_000 })
    clock.advance(5_000)
    expect(status()).toBe('reconnecting')
  })

  it('is switched off by false', () => {
    const { client, transport, clock, status } = setup()
    const observer = client.observe('/stream', {}, { heartbeat: MINUTE })
    observer.subscribe(() => {})
    transport.latest().open()
    observer.update({}, { heartbeat: false })
    clock.advance(60 * MINUTE)
    expect(status()).toBe('open')
    expect(clock.pending()).toBe(0)
  })
})

describe('a heartbeat default of the client', () => {
  it('applies if no subscriber has its own, and false switches it off', () => {
    for (const [own, expected] of [
      [undefined, 'reconnecting'],
      [false, 'open'],
    ] as const) {
      const { join, transport, clock, status } = setup({ heartbeat: 15_000 })
      join({ heartbeat: own })
      transport.latest().open()
      clock.advance(15_000)
      expect(status()).toBe(expected)
    }
  })
})

function setup(defaults: EventSourceOptions = {}) {
  const clock = createClock()
  const transport = createScriptedTransport()
  const options: EventSourceOptions = { ...defaults, transport }
  const client = createClient({ defaults: options }, clock)
  return {
    client,
    clock,
    transport,
    /** Adds a subscriber. Returns the function that removes it. */
    join: (own: EventSourceOptions = {}) => client.observe('/stream', {}, own).subscribe(() => {}),
    status: () => client.observe('/stream').getSnapshot().status,
  }
}
