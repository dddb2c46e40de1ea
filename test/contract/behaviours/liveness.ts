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
      ['by the retry policy', { retry }],
      ['even where the browser retries by itself', {}],
    ])('replaces a silent stream, %s', async (_, options) => {
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

    it('restarts at each event', async () => {
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

    it(`${seesComments ? 'restarts' : 'does not restart'} at comments`, async () => {
      const server = await open({})
      const activity = createLog<number>()
      const transport = countActivity(server.transport, activity)
      const clock = createClock()
      const { log } = connect(server, {}, { retry, heartbeat, transport }, clock)
      await log.until(({ status }) => status === 'open')
      for (const count of [1, 2]) {
        clock.advance(7_499)
        await server.play({ comment: 'still there' })
        if (seesComments) await activity.until((number) => number === count)
      }
      clock.advance(2)
      expect(log.latest.status).toBe(seesComments ? 'open' : 'reconnecting')
    })
  })

  describe('the connect timeout', () => {
    it('ends an attempt without an answer, and another one follows', async () => {
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

  describe('a page that is restored from the back-forward cache', () => {
    it('replaces an open stream at once', async () => {
      const server = await open({})
      const clock = createClock()
      const { log, states } = connect(server, {}, { retry }, clock)
      await log.until(({ status }) => status === 'open')
      clock.wake(true)
      // The replacement runs on a timer that is due now.
      clock.advance(0)
      await log.until(({ status }) => status === 'reconnecting')
      await log.until(({ status }) => status === 'open')
      expect(states().at(-1)).toBe('open')
      expect((await server.until({ requests: 2, open: 1 })).requests).toHaveLength(2)
    })
  })
}

/** Wraps a transport so that each `alive` and each `batch` of its sink is counted in the log. */
function countActivity(transport: Transport, activity: Log<number>): Transport {
  return {
    ...transport,
    open(request, sink) {
      const count = (): void => activity.add(activity.entries.length + 1)
      const alive = (): void => {
        sink.alive()
        count()
      }
      const batch = (dispatch: () => void): void => {
        sink.batch(dispatch)
        count()
      }
      return transport.open(request, { ...sink, alive, batch })
    },
  }
}
