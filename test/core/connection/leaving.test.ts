import { describe, expect, it } from 'vitest'
import { setupStream } from './setupStream.ts'

const REPORTS = ['fail', 'end', 'drop'] as const

describe('a page that is being left', () => {
  it.each(REPORTS)('reports no loss and makes no attempt when its stream calls %s', (report) => {
    const { clock, transport, open, connection, log, states } = setupStream()
    open()
    const before = [log.length, states.length]
    clock.leaving = true
    transport.latest()[report]()
    // The page is gone before its next task.
    expect([log.length, states.length]).toEqual(before)
    expect(connection.getState().status).toBe('open')
    expect(transport.attempts).toHaveLength(1)
  })

  it('reports no failure of a request that is sent once', () => {
    const { clock, transport, open, connection, log } = setupStream()
    transport.once = true
    open()
    clock.leaving = true
    transport.latest().fail()
    expect(connection.getState().status).toBe('open')
    expect(log.map(([name]) => name)).toEqual(['onOpen'])
  })

  it.each(REPORTS)('reports %s one task later if it was not left after all', (report) => {
    const { clock, transport, open, connection, log } = setupStream()
    open()
    clock.leaving = true
    transport.latest()[report]()
    clock.advance(0)
    expect(connection.getState()).toMatchObject({ status: 'reconnecting', attempt: 1 })
    expect(log.map(([name]) => name)).toEqual(['onOpen', 'onError'])
  })

  it('ignores a delayed loss of an attempt that has been replaced or closed', () => {
    for (const method of ['connect', 'close', 'dispose'] as const) {
      const { clock, transport, open, connection, log } = setupStream()
      open()
      clock.leaving = true
      transport.latest().fail()
      connection[method]()
      const { status } = connection.getState()
      clock.advance(0)
      expect(connection.getState().status).toBe(status)
      expect(log.map(([name]) => name)).not.toContain('onError')
    }
  })

  it('still receives events, and closes at a final answer', () => {
    const { clock, transport, open, connection, received } = setupStream()
    open()
    clock.leaving = true
    transport.latest().emit('tick', '1')
    expect(received).toHaveLength(1)
    transport.latest().done()
    expect(connection.getState()).toMatchObject({ status: 'closed', reason: 'done' })
  })
})
