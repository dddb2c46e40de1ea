import { json, text } from 'use-event-source/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { numbers } from '../../browser/support/numbers.ts'
import type { ServerEvent } from '../../support/server/script.ts'
import type { Contract } from '../contract.ts'
import { connect } from '../support/connect.ts'
import { channels, numbered } from '../support/numbered.ts'

export function events({ open, traits }: Contract): void {
  const { seesAllNames } = traits

  describe('events', () => {
    it('arrive once and in order, 2,000 in one chunk, published by the frame', async () => {
      const server = await open({ body: [{ send: numbered(1, 2_000) }] })
      const each: number[] = []
      const all = {
        ...channels,
        each: json<number>()
          .from('n')
          .forEach((n) => each.push(n)),
      }
      const { log } = connect(server, all, { flush: 'frame' })
      await log.until(({ data }) => data.n.length === 2_000)
      expect(log.latest.data.n).toEqual(numbers(1, 2_000))
      expect(each).toEqual(numbers(1, 2_000))
    })

    it('reach the channel of their name, or "message" without one', async () => {
      const send = [{ data: 'a' }, { event: 'b', data: 'b' }, { event: 'message', data: 'c' }]
      const server = await open({ body: [{ send }] })
      const { log } = connect(server, { message: text().last(9), b: text().last(9) })
      await log.until(({ data }) => data.message.length === 2)
      expect(log.latest.data).toEqual({ message: ['a', 'c'], b: ['b'] })
    })

    it('have the data that was sent: empty, on several lines, in any script, with spaces', async () => {
      const sent = ['', 'a\nb\n\nc', 'é 日本 😀', '  x ', ':', '{"a":"\\u0000"}', '.']
      const server = await open({ body: [{ send: sent.map((data) => ({ data })) }] })
      const { log } = connect(server, { message: text().last(9) })
      await log.until(({ data }) => data.message.at(-1) === '.')
      expect(log.latest.data.message).toEqual(sent)
    })

    it('have the last event id, which stays until another one comes', async () => {
      const send = [
        { data: '' },
        { id: '1', data: '' },
        { data: '' },
        { id: 'é日😀', data: '' },
        { id: '', data: '' },
        { data: '.' },
      ]
      const server = await open({ body: [{ send }] })
      const { received, log } = connect(server, { message: text() })
      await log.until(({ data }) => data.message === '.')
      const ids = received.entries.map(({ lastEventId }) => lastEventId)
      expect(ids).toEqual(['', '1', '1', 'é日😀', '', ''])
    })

    it('may be named "open" and "error" without an effect on the connection', async () => {
      const server = await open({})
      const { log, calls } = connect(server, { open: text(), error: text() })
      await log.until(({ status }) => status === 'open')
      await server.play({
        send: [
          { event: 'open', data: 'a' },
          { event: 'error', data: 'b' },
        ],
      })
      await log.until(({ data }) => data.error === 'b')
      expect(log.latest).toMatchObject({ status: 'open', error: null, data: { open: 'a' } })
      expect(calls).toHaveLength(1)
    })

    it('reach a subscriber that is added while connecting', async () => {
      const server = await open({ body: [{ send: [...numbered(1, 2), { data: '.' }] }] })
      const { connection, log } = connect(server, { message: text() })
      const late = connection.observe(channels)
      onTestFinished(late.subscribe(() => {}))
      await log.until(({ data }) => data.message === '.')
      expect(late.getSnapshot().data.n).toEqual([1, 2])
    })

    it('of a new name arrive from its subscription on, through the same request', async () => {
      const server = await open({ body: [{ send: [...numbered(1, 2), { data: 'a' }] }] })
      const { connection, log } = connect(server, { message: text() })
      await log.until(({ data }) => data.message === 'a')
      const late = connection.observe(channels)
      onTestFinished(late.subscribe(() => {}))
      await server.play({ send: [...numbered(3, 4), { data: 'b' }] })
      await log.until(({ data }) => data.message === 'b')
      expect(late.getSnapshot().data.n).toEqual([3, 4])
      expect(await server.log()).toEqual({ requests: [null], open: 1 })
    })

    it('that a channel keeps are there for a later subscriber to the same channel', async () => {
      const server = await open({ body: [{ send: numbered(1, 3) }] })
      const { connection, log } = connect(server, channels)
      await log.until(({ data }) => data.n.length === 3)
      const late = connection.observe(channels)
      onTestFinished(late.subscribe(() => {}))
      expect(late.getSnapshot()).toMatchObject({ status: 'open', data: { n: [1, 2, 3] } })
    })

    it('that cannot be decoded change only the error, until the next one that can', async () => {
      const send = ['1', '{"half', '2'].map((data) => ({ event: 'n', data }))
      const server = await open({ body: [{ send }] })
      const { log, calls } = connect(server, channels)
      const { error, status, data } = await log.until(({ error }) => error !== null)
      expect(error).toMatchObject({ type: 'decode', event: 'n', raw: '{"half' })
      expect({ status, data }).toEqual({ status: 'open', data: { n: [1] } })
      await log.until(({ data }) => data.n.length === 2)
      expect(log.latest).toMatchObject({ status: 'open', error: null, data: { n: [1, 2] } })
      expect(calls.map(([name]) => name)).toEqual(['onOpen', 'onError'])
      expect(await server.log()).toEqual({ requests: [null], open: 1 })
    })
  })

  describe('until', () => {
    const until = ({ data }: { data: string }): boolean => data === '[DONE]'

    it('closes the connection as done at an event, which is not delivered', async () => {
      const server = await open({ body: [{ send: ['a', '[DONE]', 'b'].map(messageOf) }] })
      const { log, states, calls } = connect(server, { message: text().last(9) }, { until })
      await log.until(({ status }) => status === 'closed')
      expect(states()).toEqual(['connecting', 'open', 'closed, done'])
      expect(log.latest.data.message).toEqual(['a'])
      expect(calls.at(-1)).toEqual(['onClose', { reason: 'done', error: null }])
      expect(await server.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
    })

    it('may call close() itself, and the event is not delivered either', async () => {
      const server = await open({ body: [{ send: ['a', '[DONE]', 'b'].map(messageOf) }] })
      const { connection, log } = connect(
        server,
        { message: text().last(9) },
        {
          until(event) {
            if (until(event)) connection.close()
            return false
          },
        },
      )
      await log.until(({ reason }) => reason === 'stopped')
      expect(log.latest.data.message).toEqual(['a'])
      expect(await server.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
    })

    it(`is ${seesAllNames ? '' : 'not '}called for an event without a listener`, async () => {
      const end = { event: 'end', data: '[DONE]' }
      const server = await open({ body: [{ send: [end, { data: 'a' }] }] })
      const { log } = connect(server, { message: text() }, { until })
      if (seesAllNames) {
        await log.until(({ reason }) => reason === 'done')
        expect(log.latest.data.message).toBeUndefined()
      } else {
        await log.until(({ data }) => data.message === 'a')
        expect(log.latest.status).toBe('open')
      }
    })
  })
}

function messageOf(data: string): ServerEvent {
  return { data }
}
