import { describe, expect, it } from 'vitest'
import { OPEN } from '../../../src/core/connection/state.ts'
import { setupStream } from './setupStream.ts'

const REPORTS = ['fail', 'end', 'drop'] as const

/** How long a loss is held back in these tests, in ms. */
const LEAVING = 5_000

describe('a page that is being left', () => {
  it.each(REPORTS)('reports no loss and makes no attempt when its stream calls %s', (report) => {
    const { clock, transport, connection, log, states } = setupLeaving()
    const before = [log.length, states.length]
    transport.latest()[report]()
    // The page is gone before this time is over.
    clock.advance(LEAVING - 1)
    expect([log.length, states.length]).toEqual(before)
    expect(connection.getState()).toBe(OPEN)
    expect(transport.attempts).toHaveLength(1)
  })

  it('reports no failure of a request that is sent once', () => {
    const { clock, transport, connection, log } = setupLeaving({ once: true })
    transport.latest().fail()
    clock.advance(LEAVING - 1)
    expect(connection.getState()).toBe(OPEN)
    expect(log.map(([name]) => name)).toEqual(['onOpen'])
  })

  it.each(REPORTS)('handles %s later if it was not left after all', (report) => {
    const { clock, transport, connection, log } = setupLeaving()
    transport.latest()[report]()
    clock.advance(LEAVING)
    expect(connection.getState()).toMatchObject({ status: 'reconnecting', attempt: 1 })
    expect(log.map(([name]) => name)).toEqual(['onOpen', 'onError'])
    clock.advance(30_000)
    expect(transport.attempts).toHaveLength(report === 'drop' ? 1 : 2)
  })

  it('forgets a loss that the browser has mended by itself in the meantime', () => {
    const { clock, transport, connection, log } = setupLeaving()
    transport.latest().drop()
    clock.advance(LEAVING - 1)
    transport.latest().open()
    transport.latest().emit('tick')
    clock.advance(LEAVING)
    expect(connection.getState()).toBe(OPEN)
    expect(log.map(([name]) => name)).toEqual(['onOpen', 'onOpen'])
    expect(log[1]).toMatchObject(['onOpen', { reconnected: true, downFor: 0 }])
  })

  it('forgets a loss of an attempt that has been replaced or closed', () => {
    for (const method of ['connect', 'close', 'dispose'] as const) {
      const { clock, transport, connection, log } = setupLeaving()
      transport.latest().fail()
      connection[method]()
      const { status } = connection.getState()
      clock.advance(LEAVING)
      expect(connection.getState().status).toBe(status)
      expect(log.map(([name]) => name)).not.toContain('onError')
    }
  })

  it('still receives events, and closes at a final answer', () => {
    const { transport, connection, received } = setupLeaving()
    transport.latest().emit('tick', '1')
    expect(received).toHaveLength(1)
    transport.latest().done()
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'done' })
  })
})

/** Opens a stream in a page that is then being left. */
function setupLeaving({ once = false } = {}) {
  const setup = setupStream()
  setup.transport.once = once
  setup.open()
  setup.clock.advance(1_000)
  setup.clock.leaving = LEAVING
  return setup
}
