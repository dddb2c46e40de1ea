import { json } from 'use-event-source'
import { expect, it } from 'vitest'
import { createLog } from './support/createLog.ts'
import { aFrameLater } from './support/frames.ts'
import { openStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

const channels = { n: json<number>().last(10) }

it('starts over with a new url, and shows no event of the old one', async () => {
  const old = await openStream({ body: [{ burst: { event: 'n', to: 3 } }] })
  const next = await openStream({ body: [{ burst: { event: 'n', from: 100, to: 101 } }] })
  const log = createLog<Seen<typeof channels>>()
  const arrived = createLog<string>()
  const until = ({ data }: { data: string }): boolean => {
    arrived.add(data)
    return false
  }
  const at = (url: string) => (
    <Probe url={url} events={channels} options={{ until, linger: 60_000 }} log={log} />
  )
  const { rerender } = await render(at(old.url))
  await log.until(({ data }) => data.n.length === 3)

  const shown = log.entries.length
  await rerender(at(next.url))
  await old.play({ burst: { event: 'n', from: 4, to: 5 } })
  await arrived.until((data) => data === '5')
  await log.until(({ data }) => data.n.length === 2)
  await aFrameLater()
  const seen = log.entries.slice(shown)
  expect(seen[0]).toMatchObject({ status: 'connecting', data: { n: [] } })
  expect(seen.flatMap(({ data }) => data.n).filter((n) => n < 100)).toEqual([])
  expect(log.latest).toMatchObject({ status: 'open', data: { n: [100, 101] } })
})

it('closes the old stream after the linger', async () => {
  const old = await openStream({})
  const next = await openStream({})
  const log = createLog<Seen>()
  const at = (url: string) => <Probe url={url} options={{ linger: 50 }} log={log} />
  const { rerender } = await render(at(old.url))
  await log.until(({ status }) => status === 'open')
  await rerender(at(next.url))
  await next.until({ requests: 1 })
  expect((await old.until({ open: 0 })).requests).toHaveLength(1)
  expect(await next.log()).toMatchObject({ requests: [{}], open: 1 })
})

it('has no stream while the url is null, and closes the previous one', async () => {
  const stream = await openStream({ body: [{ burst: { event: 'n', to: 3 } }] })
  const log = createLog<Seen<typeof channels>>()
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
