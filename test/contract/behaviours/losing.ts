import { describe, expect, it } from 'vitest'
import { RETRY, retrySoon } from '../../browser/support/retryTimes.ts'
import { createClock } from '../../support/clock.ts'
import type { Contract } from '../contract.ts'
import { connect } from '../support/connect.ts'
import { channels, numbered } from '../support/numbered.ts'

const retry = { initialDelay: 1_000, jitter: false }
const timed = 'reconnecting, attempt 1, timed: network'
const underWay = 'reconnecting, attempt 1: network'

export function losing({ open, traits }: Contract): void {
  const { browserReconnects, resumesNewAttempts } = traits

  describe.each([
    ['ended', 'end'],
    ['reset', 'reset'],
  ] as const)('a stream that is %s', (_, loss) => {
    it(`is retried by the ${
      browserReconnects ? 'browser' : 'policy'
    }, and resumes after the last event`, async () => {
      retrySoon()
      const server = await open(
        { body: [{ retry: RETRY }, { send: numbered(1, 3) }] },
        { body: [{ send: numbered(4, 5) }] },
      )
      const { log, states, calls } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 3)
      await server.play(loss)
      await log.until(({ data }) => data.n.length === 5)
      expect(log.latest.data.n).toEqual([1, 2, 3, 4, 5])
      const between = browserReconnects ? [underWay] : [timed, underWay]
      expect(states()).toEqual(['connecting', 'open', ...between, 'open'])
      expect(calls.map(([name]) => name)).toEqual(['onOpen', 'onError', 'onOpen'])
      expect(calls[1]).toMatchObject(['onError', { type: 'network', attempt: 1 }])
      expect(calls[2]).toMatchObject(['onOpen', { reconnected: true, lastEventId: '3' }])
      expect(await server.log()).toEqual({ requests: [null, '3'], open: 1 })
    })

    it(`is retried by the policy if one is given, and ${
      resumesNewAttempts ? 'resumes after the last event' : 'starts over'
    }`, async () => {
      const server = await open(
        { body: [{ send: numbered(1, 3) }] },
        { body: [{ send: numbered(4, 5) }] },
      )
      const clock = createClock()
      const { log, states, calls } = connect(server, channels, { retry }, clock)
      await log.until(({ data }) => data.n.length === 3)
      await server.play(loss)
      const { retryAt } = await log.until(({ status }) => status === 'reconnecting')
      expect(retryAt).toBe(clock.now() + 1_000)
      clock.advance(999)
      expect(states()).toEqual(['connecting', 'open', timed])
      expect((await server.log()).open).toBe(0)
      clock.advance(1)
      await log.until(({ data }) => data.n.length === 5)
      expect(log.latest.data.n).toEqual([1, 2, 3, 4, 5])
      expect(states()).toEqual(['connecting', 'open', timed, underWay, 'open'])
      const opened = { reconnected: true, downFor: 1_000, lastEventId: '3' }
      expect(calls.at(-1)).toEqual(['onOpen', opened])
      const requests = [null, resumesNewAttempts ? '3' : null]
      expect(await server.log()).toEqual({ requests, open: 1 })
    })

    it('is not retried with retry: false', async () => {
      const server = await open({})
      const clock = createClock()
      const { log, states, calls } = connect(server, {}, { retry: false }, clock)
      await log.until(({ status }) => status === 'open')
      await server.play(loss)
      await log.until(({ status }) => status === 'closed')
      expect(states()).toEqual(['connecting', 'open', 'closed, failed: network'])
      const { error } = log.latest
      expect(error).toMatchObject({ type: 'network', attempt: 1, name: 'EventSourceError' })
      expect(calls.slice(1)).toEqual([
        ['onError', error],
        ['onClose', { reason: 'failed', error }],
      ])
      expect(clock.pending()).toBe(0)
      expect(await server.log()).toEqual({ requests: [null], open: 0 })
    })
  })

  describe('a server that refuses connections', () => {
    it('is retried until it accepts one, from the first attempt on', async () => {
      const server = await open({})
      await server.refuse()
      const clock = createClock()
      const { log, states } = connect(server, {}, { retry }, clock)
      await log.until(({ attempt }) => attempt === 1)
      clock.advance(1_000)
      await log.until(({ attempt }) => attempt === 2)
      await server.accept()
      clock.advance(2_000)
      await log.until(({ status }) => status === 'open')
      expect(states()).toEqual([
        'connecting',
        'reconnecting, attempt 1, timed: network',
        'reconnecting, attempt 1: network',
        'reconnecting, attempt 2, timed: network',
        'reconnecting, attempt 2: network',
        'open',
      ])
      expect(await server.log()).toEqual({ requests: [null], open: 1 })
    })

    it('is retried until it accepts one, even where the browser retries by itself', async () => {
      retrySoon()
      const server = await open({ body: [{ retry: RETRY }, { send: numbered(1, 1) }] })
      const { log } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 1)
      await server.refuse()
      await server.play('reset')
      await log.until(({ attempt }) => attempt === 3)
      await server.accept()
      await log.until(({ status }) => status === 'open')
      await log.until(({ data }) => data.n.length === 2)
      expect(await server.log()).toEqual({ requests: [null, '1'], open: 1 })
    })
  })
}
