import { json } from 'use-event-source/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { numbers } from '../../browser/support/numbers.ts'
import { RETRY, retrySoon } from '../../browser/support/retryTimes.ts'
import { createClock } from '../../support/clock.ts'
import type { Contract } from '../contract.ts'
import { connect } from '../support/connect.ts'
import { channels, numbered } from '../support/numbered.ts'

export function closing({ open }: Contract): void {
  describe('close()', () => {
    it('ends the request, and gives the reason "stopped"', async () => {
      const server = await open({})
      const { connection, log, states, calls } = connect(server, {})
      await log.until(({ status }) => status === 'open')
      connection.close()
      expect(states()).toEqual(['connecting', 'open', 'closed, stopped'])
      expect(calls.at(-1)).toEqual(['onClose', { reason: 'stopped', error: null }])
      expect(await server.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
    })

    it('in a handler, in the middle of a burst, delivers no further event', async () => {
      const server = await open({ body: [{ send: numbered(1, 2_000) }] })
      const each: number[] = []
      const { connection, log, received } = connect(server, {
        n: json<number>().forEach((n) => {
          each.push(n)
          if (n === 100) connection.close()
        }),
      })
      await log.until(({ status }) => status === 'closed')
      expect(await server.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
      expect(each).toEqual(numbers(1, 100))
      expect(received.entries).toHaveLength(100)
      expect(log.latest.reason).toBe('stopped')
    })

    it('ends a request that is still unanswered', async () => {
      const server = await open('stall')
      const { connection, states } = connect(server, {})
      await server.until({ requests: 1, open: 1 })
      connection.close()
      expect(await server.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
      expect(states()).toEqual(['connecting', 'closed, stopped'])
    })

    it('right after connecting leaves no request open', async () => {
      const server = await open({})
      const { connection, states, calls } = connect(server, {})
      connection.close()
      await retryTimes(3)
      expect(states()).toEqual(['connecting', 'closed, stopped'])
      expect(calls).toHaveLength(1)
      expect((await server.until({ open: 0 })).requests.length).toBeLessThanOrEqual(1)
    })

    it('ends a pending retry, of the browser or of the policy', async () => {
      retrySoon()
      const server = await open({ body: [{ retry: RETRY }, 'end'] })
      const { connection, log } = connect(server, {})
      await log.until(({ attempt }) => attempt === 2)
      connection.close()
      await retryTimes(10)
      expect(await server.log()).toEqual({ requests: [null, null], open: 0 })
      expect(log.latest).toMatchObject({
        attempt: 0,
        retryAt: null,
        reason: 'stopped',
        error: null,
      })
    })

    it('leaves no timer', async () => {
      const server = await open(503)
      const clock = createClock()
      const { connection, log } = connect(server, {}, { retry: {} }, clock)
      await log.until(({ retryAt }) => retryAt !== null)
      expect(clock.pending()).toBe(1)
      connection.close()
      expect(clock.pending()).toBe(0)
    })
  })

  describe('the last subscriber to leave', () => {
    it('closes the connection after the linger, and leaves no timer and no listener', async () => {
      const server = await open({})
      const clock = createClock()
      const options = { linger: 500, heartbeat: 60_000 }
      const { connection, leave, log, calls } = connect(server, {}, options, clock)
      await log.until(({ status }) => status === 'open')
      leave()
      clock.advance(499)
      expect(connection.getSnapshot().status).toBe('open')
      expect((await server.log()).open).toBe(1)
      clock.advance(1)
      expect(connection.getSnapshot().status).toBe('idle')
      expect(await server.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
      expect({ pending: clock.pending(), wakers: clock.wakers() }).toEqual({
        pending: 0,
        wakers: 0,
      })
      // onClose is not called, since no subscriber is left.
      expect(calls.map(([name]) => name)).toEqual(['onOpen'])
    })

    it('closes nothing if another one subscribes within the linger', async () => {
      const server = await open({ body: [{ send: numbered(1, 2) }] })
      const clock = createClock()
      const { connection, leave, log } = connect(server, channels, { linger: 500 }, clock)
      await log.until(({ data }) => data.n.length === 2)
      leave()
      clock.advance(499)
      const next = connection.observe(channels)
      onTestFinished(next.subscribe(() => {}))
      clock.advance(10_000)
      expect(next.getSnapshot()).toMatchObject({ status: 'open', data: { n: [1, 2] } })
      expect(await server.log()).toEqual({ requests: [null], open: 1 })
    })
  })

  /** Waits for as long as `count` retries take, each after `RETRY` ms. */
  async function retryTimes(count: number): Promise<void> {
    const server = await open({ body: ['end'] })
    const { leave } = connect(server, {}, { retry: () => RETRY })
    await server.until({ requests: count + 1 })
    leave()
  }
}
