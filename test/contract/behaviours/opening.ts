import { json } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { createClock } from '../../support/clock.ts'
import type { Contract } from '../contract.ts'
import { connect } from '../support/connect.ts'
import { channels, numbered } from '../support/numbered.ts'

export function opening({ open, traits }: Contract): void {
  describe('opening', () => {
    it('goes from connecting to open with one request', async () => {
      const server = await open({})
      const { log, states, calls } = connect(server, {})
      await log.until(({ status }) => status === 'open')
      expect(states()).toEqual(['connecting', 'open'])
      expect(calls).toEqual([['onOpen', { reconnected: false, downFor: 0, lastEventId: '' }]])
      expect(await server.log()).toEqual({ requests: [null], open: 1 })
    })

    it('makes one request for 100 subscribers, and each of them gets each event', async () => {
      const server = await open({})
      const { connection, log } = connect(server, channels)
      const received: number[] = []
      const each = json<number>().forEach((n) => received.push(n))
      const leave = Array.from({ length: 99 }, () =>
        connection.observe({ n: each }).subscribe(() => {}),
      )
      await log.until(({ status }) => status === 'open')
      await server.play({ send: numbered(1, 2) })
      await log.until(({ data }) => data.n.length === 2)
      expect(received).toEqual([...Array(99).fill(1), ...Array(99).fill(2)])
      for (const end of leave) end()
      expect(await server.log()).toEqual({ requests: [null], open: 1 })
    })

    it('stays connecting without an answer until the last subscriber leaves', async () => {
      const server = await open('stall')
      const { log, states, leave } = connect(server, {})
      await server.until({ requests: 1, open: 1 })
      expect(log.latest.status).toBe('connecting')
      leave()
      await server.until({ open: 0 })
      expect(states()).toEqual(['connecting'])
    })

    it('delivers no event before the connection is open', async () => {
      const server = await open({ body: [{ send: numbered(1, 3) }] })
      const { log, states } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 3)
      expect(states()).toEqual(['connecting', 'open'])
      const early = log.entries.filter(({ status, data }) => status !== 'open' && data.n.length > 0)
      expect(early).toEqual([])
    })

    const anyOrigin = { headers: { 'Access-Control-Allow-Origin': '*' } }

    it('makes the request without credentials by default', async () => {
      const server = await open(anyOrigin)
      const { log } = connect(server, {})
      await log.until(({ status }) => status === 'open')
      expect(log.latest.error).toBeNull()
    })

    it('makes the request with credentials if set, which fails where the allowed origin is a wildcard', async () => {
      const server = await open(anyOrigin, {})
      const clock = createClock()
      const { log } = connect(server, {}, { withCredentials: true, retry: {} }, clock)
      await log.until(({ status }) => status === 'reconnecting')
      expect(log.latest.error?.type).toBe('network')
      clock.advance(1_000)
      await log.until(({ status }) => status === 'open')
    })

    it(`follows a redirect, and events have the origin of the ${
      traits.knowsFinalOrigin ? 'final' : 'original'
    } url`, async () => {
      const target = await open({ body: [{ send: numbered(1, 1) }] })
      const server = await open({ redirect: target.url })
      const { received, log, calls } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 1)
      const { origin } = new URL(traits.knowsFinalOrigin ? target.url : server.url)
      expect(received.entries).toEqual([{ type: 'n', data: '1', lastEventId: '1', origin }])
      expect(calls).toHaveLength(1)
      expect(await server.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
      expect(await target.log()).toEqual({ requests: [null], open: 1 })
    })

    it('requests the original url again when a redirected stream is lost', async () => {
      const target = await open({ body: [{ send: numbered(1, 1) }] })
      const server = await open({ redirect: target.url }, { body: [{ send: numbered(2, 2) }] })
      const clock = createClock()
      const { log } = connect(server, channels, { retry: {} }, clock)
      await log.until(({ data }) => data.n.length === 1)
      await target.play('end')
      await log.until(({ status }) => status === 'reconnecting')
      clock.advance(1_000)
      await log.until(({ data }) => data.n.length === 2)
      expect((await server.log()).requests).toHaveLength(2)
      expect((await target.log()).requests).toHaveLength(1)
    })
  })
}
