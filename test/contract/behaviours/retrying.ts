import type { RetryContext } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { RETRY } from '../../browser/support/retryTimes.ts'
import { createClock } from '../../support/clock.ts'
import type { Contract } from '../contract.ts'
import { connect } from '../support/connect.ts'
import { channels, numbered } from '../support/numbered.ts'

const retry = { initialDelay: 1_000, maxDelay: 3_000, jitter: false }

export function retrying({ open, traits }: Contract): void {
  const { seesRetryField } = traits

  describe('the retry policy', () => {
    it('waits longer each time, up to the maximum', async () => {
      const server = await open(503)
      const clock = createClock()
      const { log } = connect(server, {}, { retry }, clock)
      const delays: number[] = []
      for (const number of [1, 2, 3, 4]) {
        const { retryAt } = await log.until(
          ({ attempt, retryAt }) => attempt === number && !!retryAt,
        )
        delays.push(Number(retryAt) - clock.now())
        clock.advance(3_000)
      }
      expect(delays).toEqual([1_000, 2_000, 3_000, 3_000])
    })

    it('closes as failed after the last attempt, and counts from zero after reconnect()', async () => {
      const server = await open(503, 503, 503, 503, {})
      const clock = createClock()
      const options = { retry: { ...retry, maxAttempts: 2 } }
      const { connection, log, calls } = connect(server, {}, options, clock)
      for (const number of [1, 2]) {
        await log.until(({ attempt, retryAt }) => attempt === number && !!retryAt)
        clock.advance(3_000)
      }
      const { error } = await log.until(({ status }) => status === 'closed')
      expect(log.latest.reason).toBe('failed')
      expect(error?.attempt).toBe(3)
      expect(calls.slice(-2)).toEqual([
        ['onError', error],
        ['onClose', { reason: 'failed', error }],
      ])
      expect(clock.pending()).toBe(0)
      expect(await server.log()).toEqual({ requests: [null, null, null], open: 0 })
      connection.reconnect()
      await log.until(({ attempt }) => attempt === 1)
      clock.advance(1_000)
      await log.until(({ status }) => status === 'open')
      expect((await server.log()).requests).toHaveLength(5)
    })

    it('reopens when the page or the network wakes up after the last attempt', async () => {
      const server = await open(503, {})
      const clock = createClock()
      const { log, states } = connect(server, {}, { retry: { maxAttempts: 0 } }, clock)
      await log.until(({ status }) => status === 'closed')
      clock.wake()
      await log.until(({ status }) => status === 'open')
      expect(states().slice(-2)).toEqual(['connecting', 'open'])
      expect((await server.log()).requests).toHaveLength(2)
    })

    it(`may be a function, which receives the context of the failure${
      seesRetryField ? " and the server's delay" : ''
    }`, async () => {
      const first = { body: [{ retry: RETRY }, { send: numbered(1, 3) }] } as const
      const server = await open(503, first, {})
      const contexts: RetryContext[] = []
      const { log } = connect(server, channels, {
        retry(context) {
          contexts.push(context)
          return 1
        },
      })
      await log.until(({ data }) => data.n.length === 3)
      await server.play('end')
      await log.until(({ status }) => status === 'reconnecting')
      await log.until(({ status }) => status === 'open')
      expect(contexts).toMatchObject([
        { attempt: 1, lastEventId: '', hasOpened: false, serverRetry: undefined },
        { lastEventId: '3', hasOpened: true, serverRetry: seesRetryField ? RETRY : undefined },
      ])
    })

    it(`${seesRetryField ? 'obeys' : 'does not see'} the retry field`, async () => {
      const server = await open({ body: [{ retry: 7_000 }, { send: numbered(1, 1) }] })
      const clock = createClock()
      const { log } = connect(server, channels, { retry: { ...retry, maxDelay: 60_000 } }, clock)
      await log.until(({ data }) => data.n.length === 1)
      await server.play('end')
      const { retryAt } = await log.until(({ status }) => status === 'reconnecting')
      expect(retryAt).toBe(clock.now() + (seesRetryField ? 7_000 : 1_000))
    })

    it('waits while the network is offline, and reconnects when it is back', async () => {
      const server = await open({})
      const clock = createClock()
      const { log, states } = connect(server, {}, { retry }, clock)
      await log.until(({ status }) => status === 'open')
      clock.online = false
      clock.wake()
      await server.play('reset')
      await log.until(({ status }) => status === 'reconnecting')
      expect(log.latest.retryAt).toBeNull()
      expect(clock.pending()).toBe(0)
      clock.advance(3_600_000)
      clock.online = true
      clock.wake()
      // The attempt is due now.
      clock.advance(0)
      await log.until(({ status }) => status === 'open')
      const lost = ['connecting', 'open', 'reconnecting, attempt 1: network']
      expect(states().slice(0, 3)).toEqual(lost)
      expect(await server.log()).toEqual({ requests: [null, null], open: 1 })
    })
  })
}
