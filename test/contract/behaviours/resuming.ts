import { text } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { RETRY, retrySoon } from '../../browser/support/retryTimes.ts'
import { createClock } from '../../support/clock.ts'
import type { Contract } from '../contract.ts'
import { connect } from '../support/connect.ts'
import { channels, numbered } from '../support/numbered.ts'

export function resuming({ open, traits }: Contract): void {
  const { seesAllNames, browserReconnects, resumesNewAttempts } = traits
  const resumesAfterAll = seesAllNames || browserReconnects
  const resumption = resumesNewAttempts ? 'resumes after the last event' : 'starts over'

  describe('resuming', () => {
    it('continues after the last event with an id, when later ones have none', async () => {
      retrySoon()
      const first = [...numbered(1, 3), { event: 'n', data: '4' }]
      const server = await open(
        { body: [{ retry: RETRY }, { send: first }] },
        { body: [{ retry: RETRY }, { send: { event: 'n', data: '5' } }] },
        {},
      )
      const { log, received } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 4)
      await server.play('end')
      await log.until(({ data }) => data.n.length === 5)
      await server.play('end')
      await log.until(({ status }) => status === 'reconnecting')
      await log.until(({ status }) => status === 'open')
      expect(received.entries.map(({ lastEventId }) => lastEventId)).toEqual([
        '1',
        '2',
        '3',
        '3',
        // A new `EventSource` starts without an id.
        resumesAfterAll ? '3' : '',
      ])
      expect((await server.log()).requests).toEqual([null, '3', '3'])
    })

    it(`${resumption}, even past an attempt whose events have no id`, async () => {
      const server = await open(
        { body: [{ send: numbered(1, 3) }] },
        { body: [{ send: { event: 'n', data: '4' } }] },
        {},
      )
      const clock = createClock()
      const { log, calls } = connect(server, channels, { retry: {} }, clock)
      for (const count of [3, 4]) {
        await log.until(({ data }) => data.n.length === count)
        await server.play('end')
        await log.until(({ retryAt }) => retryAt !== null)
        clock.advance(2_000)
      }
      await log.until(({ status }) => status === 'open')
      expect(calls.at(-1)).toMatchObject(['onOpen', { reconnected: true, lastEventId: '3' }])
      const id = resumesNewAttempts ? '3' : null
      expect((await server.log()).requests).toEqual([null, id, id])
    })

    it('sends no id once the server has cleared it', async () => {
      retrySoon()
      const send = [
        { id: '7', data: 'a' },
        { id: '', data: 'b' },
      ]
      const server = await open({ body: [{ retry: RETRY }, { send }] }, {})
      const { log, calls } = connect(server, { message: text() })
      await log.until(({ data }) => data.message === 'b')
      await server.play('end')
      await log.until(({ status }) => status === 'reconnecting')
      await log.until(({ status }) => status === 'open')
      expect(calls.at(-1)).toMatchObject(['onOpen', { reconnected: true, lastEventId: '' }])
      expect((await server.log()).requests).toEqual([null, null])
    })

    it(`${resumesAfterAll ? 'sends' : 'does not send'} the id of an event without a listener, which onOpen ${
      seesAllNames ? 'receives' : 'does not receive'
    }`, async () => {
      retrySoon()
      const other = { event: 'other', id: 'é日😀', data: '' }
      const server = await open({ body: [{ retry: RETRY }, { send: [other, { data: 'a' }] }] }, {})
      // The next event carries the same id, so it must have no listener either.
      const { log, calls } = connect(server, {})
      await log.until(({ status }) => status === 'open')
      await server.play('end')
      await log.until(({ status }) => status === 'reconnecting')
      await log.until(({ status }) => status === 'open')
      const lastEventId = seesAllNames ? 'é日😀' : ''
      expect(calls.at(-1)).toMatchObject(['onOpen', { reconnected: true, lastEventId }])
      expect((await server.log()).requests).toEqual([null, resumesAfterAll ? 'é日😀' : null])
    })

    it(`starts ${resumesNewAttempts ? 'after' : 'without'} the lastEventId option`, async () => {
      const server = await open({ body: [{ send: numbered(42, 42) }] })
      const { log, calls } = connect(server, channels, { lastEventId: '41' })
      await log.until(({ data }) => data.n.length === 1)
      expect(calls[0]).toMatchObject(['onOpen', { reconnected: false, lastEventId: '41' }])
      expect((await server.log()).requests).toEqual([resumesNewAttempts ? '41' : null])
    })

    it('delivers events that the server repeats, unless dedupe is set', async () => {
      for (const dedupe of [undefined, 10]) {
        retrySoon()
        const server = await open(
          { body: [{ retry: RETRY }, { send: numbered(1, 3) }] },
          { body: [{ send: numbered(2, 4) }] },
        )
        const { log } = connect(server, channels, { dedupe })
        await log.until(({ data }) => data.n.length === 3)
        await server.play('end')
        await log.until(({ data }) => data.n.at(-1) === 4)
        expect(log.latest.data.n).toEqual(dedupe ? [1, 2, 3, 4] : [1, 2, 3, 2, 3, 4])
      }
    })
  })

  describe('reconnect()', () => {
    it(`replaces an open stream at once, and ${resumption}`, async () => {
      const server = await open(
        { body: [{ send: numbered(1, 3) }] },
        { body: [{ send: numbered(4, 5) }] },
      )
      const { connection, log, states } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 3)
      connection.reconnect()
      await log.until(({ data }) => data.n.length === 5)
      expect(states()).toEqual(['connecting', 'open', 'connecting', 'open'])
      const requests = [null, resumesNewAttempts ? '3' : null]
      expect(await server.until({ open: 1 })).toEqual({ requests, open: 1 })
    })

    it(`reopens a closed stream, and ${resumption}`, async () => {
      const server = await open(
        { body: [{ send: numbered(1, 3) }] },
        { body: [{ send: numbered(4, 5) }] },
      )
      const { connection, log, states, calls } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 3)
      connection.close()
      await server.until({ open: 0 })
      connection.reconnect()
      await log.until(({ data }) => data.n.length === 5)
      expect(log.latest.data.n).toEqual([1, 2, 3, 4, 5])
      expect(states()).toEqual(['connecting', 'open', 'closed, stopped', 'connecting', 'open'])
      expect(calls.at(-1)).toMatchObject(['onOpen', { reconnected: true, lastEventId: '3' }])
      const requests = [null, resumesNewAttempts ? '3' : null]
      expect(await server.log()).toEqual({ requests, open: 1 })
    })

    it('replaces an unanswered request with a new one', async () => {
      const server = await open('stall', {})
      const { connection, log, states } = connect(server, {})
      await server.until({ requests: 1, open: 1 })
      connection.reconnect()
      await log.until(({ status }) => status === 'open')
      expect(states()).toEqual(['connecting', 'open'])
      expect((await server.until({ open: 1 })).requests).toHaveLength(2)
    })
  })
}
