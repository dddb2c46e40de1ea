import type { EventSourceErrorDetails } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { retrySoon } from '../../browser/support/retryTimes.ts'
import { createClock } from '../../support/clock.ts'
import type { Contract, ContractAnswer } from '../contract.ts'
import { connect } from '../support/connect.ts'

const retry = { initialDelay: 1_000, jitter: false }

/** What an answer is taken for where it is seen. */
interface Refusal {
  readonly is: string
  readonly answer: ContractAnswer
  readonly error: Pick<EventSourceErrorDetails, 'status'> & { readonly type: string }
}

const passing: Refusal[] = [
  { is: 'a 503', answer: 503, error: { type: 'http', status: 503 } },
  { is: 'a 500', answer: 500, error: { type: 'http', status: 500 } },
  { is: 'a 429', answer: 429, error: { type: 'http', status: 429 } },
  { is: 'a reset before any answer', answer: 'reset', error: { type: 'network' } },
]

const html: ContractAnswer = { headers: { 'Content-Type': 'text/html' }, body: ['end'] }

const final: Refusal[] = [
  { is: 'a 401', answer: 401, error: { type: 'http', status: 401 } },
  { is: 'a 404', answer: 404, error: { type: 'http', status: 404 } },
  { is: 'another content type', answer: html, error: { type: 'content-type' } },
]

export function refusals({ open, traits }: Contract): void {
  const { seesAnswers } = traits
  /** The error, as far as this transport can tell it from others. */
  const seen = (error: Refusal['error']) => (seesAnswers ? error : { type: 'network' })

  describe.each(passing)('$is', ({ answer, error }) => {
    it('is an attempt that failed, and another is made', async () => {
      const server = await open(answer, {})
      const clock = createClock()
      const { log, states, calls } = connect(server, {}, { retry }, clock)
      const lost = await log.until(({ status }) => status === 'reconnecting')
      const { type } = seen(error)
      expect(lost.error).toMatchObject({ ...seen(error), name: 'EventSourceError', attempt: 1 })
      expect(lost.error?.message).toMatch(/\w/)
      expect(lost.retryAt).toBe(clock.now() + 1_000)
      expect(calls).toEqual([['onError', lost.error]])
      clock.advance(1_000)
      await log.until(({ status }) => status === 'open')
      expect(states()).toEqual([
        'connecting',
        `reconnecting, attempt 1, timed: ${type}`,
        `reconnecting, attempt 1: ${type}`,
        'open',
      ])
      // It was never open before.
      const opened = { reconnected: false, downFor: 0, lastEventId: '' }
      expect(calls.slice(1)).toEqual([['onOpen', opened]])
      expect(await server.log()).toEqual({ requests: [null, null], open: 1 })
    })
  })

  describe('a refusal', () => {
    it('is not the end where no retry is given either, since no browser tries again', async () => {
      retrySoon()
      const server = await open(503, 503, {})
      const { log, states } = connect(server, {})
      await log.until(({ status }) => status === 'open')
      const { type } = seen({ type: 'http' })
      expect(states()).toEqual([
        'connecting',
        `reconnecting, attempt 1, timed: ${type}`,
        `reconnecting, attempt 1: ${type}`,
        `reconnecting, attempt 2, timed: ${type}`,
        `reconnecting, attempt 2: ${type}`,
        'open',
      ])
      expect(await server.log()).toEqual({ requests: [null, null, null], open: 1 })
    })
  })

  describe.each(final)('$is', ({ answer, error }) => {
    it(`${
      seesAnswers ? 'closes the connection as failed' : 'is an attempt that failed like any other'
    }`, async () => {
      const server = await open(answer, {})
      const clock = createClock()
      const { connection, log, states, calls } = connect(server, {}, { retry }, clock)
      await log.until(({ status }) => status !== 'connecting')
      expect(log.latest.error).toMatchObject({ ...seen(error), attempt: 1 })
      if (seesAnswers) {
        const { status, reason, error } = log.latest
        expect({ status, reason }).toEqual({ status: 'closed', reason: 'failed' })
        expect(calls).toEqual([
          ['onError', error],
          ['onClose', { reason, error }],
        ])
        // Nothing but this opens it again.
        clock.wake()
        expect(clock.pending()).toBe(0)
        connection.reconnect()
      } else {
        expect(states()).toEqual(['connecting', 'reconnecting, attempt 1, timed: network'])
        clock.advance(1_000)
      }
      await log.until(({ status }) => status === 'open')
      expect(await server.log()).toEqual({ requests: [null, null], open: 1 })
    })
  })

  describe('a 204', () => {
    it(`is ${seesAnswers ? 'the end' : 'an attempt that failed like any other'}`, async () => {
      const server = await open(204, {})
      const clock = createClock()
      const { log, states, calls } = connect(server, {}, { retry }, clock)
      await log.until(({ status }) => status !== 'connecting')
      if (seesAnswers) {
        expect(states()).toEqual(['connecting', 'closed, done'])
        expect(calls).toEqual([['onClose', { reason: 'done', error: null }]])
        expect(clock.pending()).toBe(0)
        expect(await server.log()).toEqual({ requests: [null], open: 0 })
      } else {
        expect(states()).toEqual(['connecting', 'reconnecting, attempt 1, timed: network'])
        clock.advance(1_000)
        await log.until(({ status }) => status === 'open')
        expect((await server.log()).requests).toHaveLength(2)
      }
    })
  })

  describe('a Retry-After', () => {
    it(`is ${seesAnswers ? 'waited for before the delay' : 'not seen'}`, async () => {
      const answer = { status: 503, headers: { 'Retry-After': '7' }, body: ['end'] } as const
      const server = await open(answer, {})
      const clock = createClock()
      const { log } = connect(server, {}, { retry }, clock)
      const { retryAt } = await log.until(({ status }) => status === 'reconnecting')
      expect(retryAt).toBe(clock.now() + (seesAnswers ? 8_000 : 1_000))
      // A wake saves the delay, and no more.
      clock.wake()
      expect(log.latest.retryAt).toBe(clock.now() + (seesAnswers ? 7_000 : 0))
      clock.advance(7_000)
      await log.until(({ status }) => status === 'open')
    })
  })
}
