import { StrictMode } from 'react'
import type { Closed, Opened } from 'use-event-source'
import { describe, expect, it } from 'vitest'
import { createLog } from '../../browser/support/createLog.ts'
import { Probe, type Seen } from '../../browser/support/Probe.tsx'
import { render } from '../../browser/support/render.tsx'
import { states } from '../../browser/support/states.ts'
import type { Contract } from '../contract.ts'
import { channels, numbered } from '../support/numbered.ts'

export function components({ open, makeTransport }: Contract): void {
  describe('a component', () => {
    it('makes one request under StrictMode, and leaves none open after it unmounts', async () => {
      const { url, log, until } = await open({ body: [{ send: numbered(1, 3) }] })
      const seen = createLog<Seen<typeof channels>>()
      const options = { transport: makeTransport(), linger: 50 }
      const { unmount } = await render(
        <StrictMode>
          <Probe url={url} events={channels} options={options} log={seen} />
        </StrictMode>,
      )
      await seen.until(({ data }) => data.n.length === 3)
      expect(await log()).toEqual({ requests: [null], open: 1 })
      unmount()
      expect(await until({ open: 0 })).toEqual({ requests: [null], open: 0 })
    })

    it('shares one request with 30 others', async () => {
      const { url, log, play } = await open({})
      const logs = Array.from({ length: 31 }, () => createLog<Seen<typeof channels>>())
      await render(
        logs.map((log, index) => {
          const options = { transport: makeTransport() }
          return <Probe key={index} url={url} events={channels} options={options} log={log} />
        }),
      )
      await Promise.all(logs.map((log) => log.until(({ status }) => status === 'open')))
      await play({ send: numbered(1, 3) })
      await Promise.all(logs.map((log) => log.until(({ data }) => data.n.length === 3)))
      expect(await log()).toEqual({ requests: [null], open: 1 })
    })

    it('makes no further request when it renders again with an inline transport and inline options', async () => {
      const { url, log, play } = await open({})
      const seen = createLog<Seen<typeof channels>>()
      const page = () => (
        <Probe
          url={url}
          events={channels}
          options={{ transport: makeTransport(), retry: { jitter: false }, onOpen: () => {} }}
          log={seen}
        />
      )
      const { rerender } = await render(page())
      await seen.until(({ status }) => status === 'open')
      for (const n of [1, 2, 3]) {
        await rerender(page())
        await play({ send: numbered(n, n) })
        await seen.until(({ data }) => data.n.length === n)
      }
      expect(await log()).toEqual({ requests: [null], open: 1 })
    })

    it('keeps its stream and loses no event when it mounts again within the linger', async () => {
      const { url, log, play } = await open({ body: [{ send: numbered(1, 2) }] })
      const seen = createLog<Seen<typeof channels>>()
      const options = { transport: makeTransport(), linger: 60_000 }
      const page = <Probe url={url} events={channels} options={options} log={seen} />
      const { rerender } = await render(page)
      await seen.until(({ data }) => data.n.length === 2)
      await rerender(null)
      await play({ send: numbered(3, 4) })
      await rerender(page)
      await seen.until(({ data }) => data.n.length === 4)
      expect(seen.latest.data.n).toEqual([1, 2, 3, 4])
      expect(await log()).toEqual({ requests: [null], open: 1 })
    })

    it('starts over with another url, and closes the stream of the old one', async () => {
      const old = await open({ body: [{ send: numbered(1, 2) }] })
      const next = await open({ body: [{ send: numbered(3, 4) }] })
      const seen = createLog<Seen<typeof channels>>()
      const options = { transport: makeTransport(), linger: 20 }
      const at = (url: string) => <Probe {...{ url, options }} events={channels} log={seen} />
      const { rerender } = await render(at(old.url))
      await seen.until(({ data }) => data.n.length === 2)
      const shown = seen.entries.length
      await rerender(at(next.url))
      await seen.until(({ data }) => data.n.includes(4))
      expect(seen.entries[shown]).toMatchObject({ status: 'connecting', data: { n: [] } })
      expect(seen.latest.data.n).toEqual([3, 4])
      expect(await old.until({ open: 0 })).toEqual({ requests: [null], open: 0 })
      expect(await next.log()).toEqual({ requests: [null], open: 1 })
    })

    it('makes no request without a url, and connects once it has one', async () => {
      const { url, log } = await open({})
      const seen = createLog<Seen>()
      const options = { transport: makeTransport() }
      const { rerender } = await render(<Probe url={null} options={options} log={seen} />)
      expect(states(seen.entries)).toEqual(['idle'])
      expect(await log()).toEqual({ requests: [], open: 0 })
      await rerender(<Probe url={url} options={options} log={seen} />)
      await seen.until(({ status }) => status === 'open')
      expect(states(seen.entries)).toEqual(['idle', 'connecting', 'open'])
    })

    it('gets onOpen and onClose, and can close and reopen its connection', async () => {
      const { url, until } = await open({})
      const seen = createLog<Seen>()
      const calls: unknown[] = []
      const options = {
        transport: makeTransport(),
        onOpen: ({ reconnected }: Opened) => calls.push(reconnected),
        onClose: ({ reason }: Closed) => calls.push(reason),
      }
      await render(<Probe url={url} options={options} log={seen} />)
      const { close, reconnect } = await seen.until(({ status }) => status === 'open')
      close()
      await seen.until(({ reason }) => reason === 'stopped')
      await until({ open: 0 })
      reconnect()
      await seen.until(({ status }) => status === 'open')
      const shown = ['connecting', 'open', 'closed, stopped', 'connecting', 'open']
      expect(states(seen.entries)).toEqual(shown)
      expect(calls).toEqual([false, 'stopped', true])
      expect(await until({ open: 1 })).toEqual({ requests: [null, null], open: 1 })
    })
  })
}
