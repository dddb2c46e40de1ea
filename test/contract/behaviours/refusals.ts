import { type EventSourceErrorDetails, text } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { retrySoon } from '../../browser/support/retryTimes.ts'
import { createClock } from '../../support/clock.ts'
import type { Contract, ContractAnswer } from '../contract.ts'
import { connect } from '../support/connect.ts'

const retry = { initialDelay: 1_000, jitter: false }

/** An answer that is not a stream, and its error on a transport that sees answers. */
interface Refusal {
  readonly is: string
  readonly answer: ContractAnswer
  readonly error: Pick<EventSourceErrorDetails, 'status'> & { readonly type: string }
}

const temporary: Refusal[] = [
  { is: 'a 503', answer: 503, error: { type: 'http', status: 503 } },
  { is: 'a 500', answer: 500, error: { type: 'http', status: 500 } },
  { is: 'a 429', answer: 429, error: { type: 'http', status: 429 } },
  { is: 'a reset before any response', answer: 'reset', error: { type: 'network' } },
]

const html: ContractAnswer = { headers: { 'Content-Type': 'text/html' }, body: ['end'] }

const final: Refusal[] = [
  { is: 'a 401', answer: 401, error: { type: 'http', status: 401 } },
  { is: 'a 404', answer: 404, error: { type: 'http', status: 404 } },
  { is: 'a 210', answer: 210, error: { type: 'http', status: 210 } },
  { is: 'another content type', answer: html, error: { type: 'content-type' } },
]

export function refusals({ open, traits }: Contract): void {
  const { seesResponses, resumesNewAttempts } = traits
  /** Returns the error as this transport reports it. */
  const seen = (error: Refusal['error']) => (seesResponses ? error : { type: 'network' })

  describe.each(temporary)('$is', ({ answer, error }) => {
    it('fails the attempt, and another one follows', async () => {
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
      // The connection has never been open before.
      const opened = { reconnected: false, downFor: 0, lastEventId: '' }
      expect(calls.slice(1)).toEqual([['onOpen', opened]])
      expect(await server.log()).toEqual({ requests: [null, null], open: 1 })
    })
  })

  describe('a refusal', () => {
    it('is retried even without a retry option, since no browser retries a refusal', async () => {
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
      seesResponses ? 'closes the connection as failed' : 'is retried like any failed attempt'
    }`, async () => {
      const server = await open(answer, {})
      const clock = createClock()
      const { connection, log, states, calls } = connect(server, {}, { retry }, clock)
      await log.until(({ status }) => status !== 'connecting')
      expect(log.latest.error).toMatchObject({ ...seen(error), attempt: 1 })
      if (seesResponses) {
        const { status, reason, error } = log.latest
        expect({ status, reason }).toEqual({ status: 'closed', reason: 'failed' })
        expect(calls).toEqual([
          ['onError', error],
          ['onClose', { reason, error }],
        ])
        // Only reconnect() opens the connection again.
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

  describe('a 400 to a request that resumes', () => {
    it(`${
      seesResponses
        ? 'drops the id, and another attempt follows'
        : 'is retried like any failed attempt'
    }`, async () => {
      const first: ContractAnswer = { body: [{ send: { id: '7', data: 'a' } }] }
      const server = await open(first, 400, {})
      const clock = createClock()
      const { log, received, calls } = connect(server, { message: text() }, { retry }, clock)
      await received.until(({ lastEventId }) => lastEventId === '7')
      await server.play('end')
      for (const attempt of [1, 2]) {
        await log.until((seen) => seen.attempt === attempt && seen.retryAt !== null)
        clock.advance(2_000)
      }
      await log.until(({ status }) => status === 'open')
      const id = resumesNewAttempts ? '7' : null
      expect((await server.log()).requests).toEqual([null, id, seesResponses ? null : id])
      const lastEventId = seesResponses ? '' : '7'
      expect(calls.at(-1)).toMatchObject(['onOpen', { reconnected: true, lastEventId }])
    })
  })

  describe('a 204', () => {
    it(`${seesResponses ? 'closes the connection as done' : 'is retried like any failed attempt'}`, async () => {
      const server = await open(204, {})
      const clock = createClock()
      const { log, states, calls } = connect(server, {}, { retry }, clock)
      await log.until(({ status }) => status !== 'connecting')
      if (seesResponses) {
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

  describe('a Retry-After header', () => {
    it(`is ${seesResponses ? 'added to the delay' : 'not seen'}`, async () => {
      const answer = { status: 503, headers: { 'Retry-After': '7' }, body: ['end'] } as const
      const server = await open(answer, {})
      const clock = createClock()
      const { log } = connect(server, {}, { retry }, clock)
      const { retryAt } = await log.until(({ status }) => status === 'reconnecting')
      expect(retryAt).toBe(clock.now() + (seesResponses ? 8_000 : 1_000))
      // A wake cancels the delay, but not the Retry-After.
      clock.wake()
      expect(log.latest.retryAt).toBe(clock.now() + (seesResponses ? 7_000 : 0))
      clock.advance(7_000)
      await log.until(({ status }) => status === 'open')
    })
  })
}
