import { json } from 'use-event-source/core'
import { describe, expect, it } from 'vitest'
import { createClock } from '../../support/clock.ts'
import type { Contract } from '../contract.ts'
import { connect } from '../support/connect.ts'
import { channels, numbered } from '../support/numbered.ts'

export function opening({ open, traits }: Contract): void {
  describe('opening', () => {
    it('is connecting, then open, by one request', async () => {
      const server = await open({})
      const { log, states, calls } = connect(server, {})
      await log.until(({ status }) => status === 'open')
      expect(states()).toEqual(['connecting', 'open'])
      expect(calls).toEqual([['onOpen', { reconnected: false, downFor: 0, lastEventId: '' }]])
      expect(await server.log()).toEqual({ requests: [null], open: 1 })
    })

    it('makes one request for 100 who subscribe, and hands each event to each of them', async () => {
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

    it('goes on connecting while no answer comes, until nobody listens any more', async () => {
      const server = await open('stall')
      const { log, states, leave } = connect(server, {})
      await server.until({ requests: 1, open: 1 })
      expect(log.latest.status).toBe('connecting')
      leave()
      await server.until({ open: 0 })
      expect(states()).toEqual(['connecting'])
    })

    it('is told no event before it is open', async () => {
      const server = await open({ body: [{ send: numbered(1, 3) }] })
      const { log, states } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 3)
      expect(states()).toEqual(['connecting', 'open'])
      const early = log.entries.filter(({ status, data }) => status !== 'open' && data.n.length > 0)
      expect(early).toEqual([])
    })

    const anyone = { headers: { 'Access-Control-Allow-Origin': '*' } }

    it('asks without credentials', async () => {
      const server = await open(anyone)
      const { log } = connect(server, {})
      await log.until(({ status }) => status === 'open')
      expect(log.latest.error).toBeNull()
    })

    it('asks with credentials where told, which such a server must allow by name', async () => {
      const server = await open(anyone, {})
      const clock = createClock()
      const { log } = connect(server, {}, { withCredentials: true, retry: {} }, clock)
      await log.until(({ status }) => status === 'reconnecting')
      expect(log.latest.error?.type).toBe('network')
      clock.advance(1_000)
      await log.until(({ status }) => status === 'open')
    })

    it(`reads the stream that it is redirected to, whose events have the origin ${
      traits.knowsFinalOrigin ? 'of that' : 'that was asked'
    }`, async () => {
      const target = await open({ body: [{ send: numbered(1, 1) }] })
      const server = await open({ redirect: target.url })
      const { heard, log, calls } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 1)
      const { origin } = new URL(traits.knowsFinalOrigin ? target.url : server.url)
      expect(heard.entries).toEqual([{ type: 'n', data: '1', lastEventId: '1', origin }])
      expect(calls).toHaveLength(1)
      expect(await server.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
      expect(await target.log()).toEqual({ requests: [null], open: 1 })
    })

    it('asks the address that it was given when a stream it was redirected to is lost', async () => {
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
