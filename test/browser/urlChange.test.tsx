import { json } from 'use-event-source'
import { expect, it } from 'vitest'
import { createLog } from './support/createLog.ts'
import { aFrameLater } from './support/frames.ts'
import { openStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

it('closes the old stream after the linger, and shows nothing of it under the new url', async () => {
  const old = await openStream({ body: [{ burst: { event: 'n', to: 3 } }] })
  const next = await openStream('stall')
  const log = createLog<Seen<typeof channels>>()
  const arrived = createLog<string>()
  const channels = { n: json<number>().last(10) }
  const until = ({ data }: { data: string }): boolean => {
    arrived.add(data)
    return false
  }
  const at = (url: string | null) => (
    <Probe url={url} events={channels} options={{ until, linger: 500 }} log={log} />
  )
  const { rerender } = await render(at(old.url))
  await log.until(({ data }) => data.n.length === 3)

  const shown = log.entries.length
  await rerender(at(next.url))
  await old.play({ burst: { event: 'n', from: 4, to: 5 } })
  await arrived.until((data) => data === '5')
  await aFrameLater()
  await old.until({ open: 0 })
  expect(log.latest).toMatchObject({ status: 'connecting', data: { n: [] } })

  await next.answer({ body: [{ burst: { event: 'n', from: 100, to: 101 } }] })
  await next.until({ requests: 1 })
  log.latest.reconnect()
  await log.until(({ data }) => data.n.length === 2)
  expect(log.latest).toMatchObject({ status: 'open', data: { n: [100, 101] } })
  expect(log.entries.slice(shown).flatMap(({ data }) => data.n)).not.toContain(3)
  expect(log.entries.slice(shown).flatMap(({ data }) => data.n)).not.toContain(5)
  expect((await old.log()).requests).toHaveLength(1)
})

it('has no stream while the url is null, and closes the one it had', async () => {
  const stream = await openStream({ body: [{ burst: { event: 'n', to: 3 } }] })
  const log = createLog<Seen<typeof channels>>()
  const channels = { n: json<number>().last(10) }
  const at = (url: string | null) => (
    <Probe url={url} events={channels} options={{ linger: 50 }} log={log} />
  )
  const { rerender } = await render(at(null))
  expect(log.latest).toMatchObject({ status: 'idle', data: { n: [] } })
  await rerender(at(stream.url))
  await log.until(({ data }) => data.n.length === 3)
  await rerender(at(null))
  expect(log.latest).toMatchObject({ status: 'idle', data: { n: [] } })
  expect((await stream.until({ open: 0 })).requests).toHaveLength(1)
})
