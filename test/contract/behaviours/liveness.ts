import type { Transport } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { createLog, type Log } from '../../browser/support/createLog.ts'
import { createClock } from '../../support/clock.ts'
import type { Contract } from '../contract.ts'
import { connect } from '../support/connect.ts'
import { channels, numbered } from '../support/numbered.ts'

const retry = { initialDelay: 1_000, jitter: false }

export function liveness({ open, traits }: Contract): void {
  const { seesComments } = traits

  describe('the heartbeat', () => {
    const heartbeat = 15_000

    it.each([
      ['as the policy says', { retry }],
      ['also where the browser retries what it can', {}],
    ])('replaces a stream that has gone silent, %s', async (_, options) => {
      const server = await open({})
      const clock = createClock()
      const { log, states } = connect(server, {}, { ...options, heartbeat }, clock)
      await log.until(({ status }) => status === 'open')
      clock.advance(14_999)
      expect(log.latest.status).toBe('open')
      clock.advance(1)
      const { error } = await log.until(({ status }) => status === 'reconnecting')
      expect(error).toMatchObject({ type: 'timeout', attempt: 1 })
      expect(await server.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
      clock.advance(1_000)
      await log.until(({ status }) => status === 'open')
      expect(states()).toEqual([
        'connecting',
        'open',
        'reconnecting, attempt 1, timed: timeout',
        'reconnecting, attempt 1: timeout',
        'open',
      ])
      expect(await server.log()).toEqual({ requests: [null, null], open: 1 })
    })

    it('hears each event', async () => {
      const server = await open({})
      const clock = createClock()
      const { log } = connect(server, channels, { retry, heartbeat }, clock)
      await log.until(({ status }) => status === 'open')
      for (const count of [1, 2, 3]) {
        clock.advance(14_999)
        await server.play({ send: numbered(count, count) })
        await log.until(({ data }) => data.n.length === count)
      }
      clock.advance(14_999)
      expect(log.latest.status).toBe('open')
      clock.advance(1)
      expect(log.latest).toMatchObject({ status: 'reconnecting', error: { type: 'timeout' } })
    })

    it(`${seesComments ? 'hears' : 'does not hear'} comments`, async () => {
      const server = await open({})
      const signs = createLog<number>()
      const transport = countSigns(server.transport, signs)
      const clock = createClock()
      const { log } = connect(server, {}, { retry, heartbeat, transport }, clock)
      await log.until(({ status }) => status === 'open')
      for (const count of [1, 2]) {
        clock.advance(7_499)
        await server.play({ comment: 'still there' })
        if (seesComments) await signs.until((number) => number === count)
      }
      clock.advance(2)
      expect(log.latest.status).toBe(seesComments ? 'open' : 'reconnecting')
    })
  })

  describe('the connect timeout', () => {
    it('gives up an answer that does not come, and asks again', async () => {
      const server = await open('stall', {})
      const clock = createClock()
      const { log, states } = connect(server, {}, { retry, connectTimeout: 5_000 }, clock)
      await server.until({ requests: 1, open: 1 })
      clock.advance(4_999)
      expect(states()).toEqual(['connecting'])
      clock.advance(1)
      expect(log.latest.error).toMatchObject({ type: 'timeout', attempt: 1 })
      await server.until({ open: 0 })
      clock.advance(1_000)
      await log.until(({ status }) => status === 'open')
      expect(states()).toEqual([
        'connecting',
        'reconnecting, attempt 1, timed: timeout',
        'reconnecting, attempt 1: timeout',
        'open',
      ])
      clock.advance(3_600_000)
      expect(log.latest.status).toBe('open')
      expect(clock.pending()).toBe(0)
      expect(await server.log()).toEqual({ requests: [null, null], open: 1 })
    })
  })

  describe('a page that comes back from the cache', () => {
    it('replaces at once what was open', async () => {
      const server = await open({})
      const clock = createClock()
      const { log, states } = connect(server, {}, { retry }, clock)
      await log.until(({ status }) => status === 'open')
      clock.wake(true)
      // By a timer that is due now.
      clock.advance(0)
      await log.until(({ status }) => status === 'reconnecting')
      await log.until(({ status }) => status === 'open')
      expect(states().at(-1)).toBe('open')
      expect((await server.until({ requests: 2, open: 1 })).requests).toHaveLength(2)
    })
  })
}

/** The same transport; each sign of life that is no event by itself is counted. */
function countSigns(transport: Transport, signs: Log<number>): Transport {
  return {
    ...transport,
    open(request, sink) {
      const count = (): void => signs.add(signs.entries.length + 1)
      const alive = (): void => {
        sink.alive()
        count()
      }
      const batch = (tell: () => void): void => {
        sink.batch(tell)
        count()
      }
      return transport.open(request, { ...sink, alive, batch })
    },
  }
}
