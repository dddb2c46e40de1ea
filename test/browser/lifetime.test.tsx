import { Activity, type ReactNode, useLayoutEffect } from 'react'
import { json, useEventSource } from 'use-event-source'
import { describe, expect, it } from 'vitest'
import { createLog } from './support/createLog.ts'
import { openStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

const channels = { n: json<number>().last(10) }

/** Ways to remove a component from the page and to bring it back. */
const ways: [string, (isThere: boolean, page: ReactNode) => ReactNode][] = [
  [
    'an <Activity>',
    (isThere, page) => <Activity mode={isThere ? 'visible' : 'hidden'}>{page}</Activity>,
  ],
  ['a route', (isThere, page) => (isThere ? <main>{page}</main> : <p>Elsewhere</p>)],
]

describe.each(ways)('%s that is hidden', (_, show) => {
  it('loses no event and makes no request when it is back within the linger', async () => {
    const stream = await openStream({ body: [{ burst: { event: 'n', to: 3 } }] })
    const log = createLog<Seen<typeof channels>>()
    const arrived = createLog<string>()
    const until = ({ data }: { data: string }): boolean => {
      arrived.add(data)
      return false
    }
    const options = { linger: 60_000, until }
    const page = <Probe url={stream.url} events={channels} options={options} log={log} />
    const { rerender } = await render(show(true, page))
    await log.until(({ data }) => data.n.length === 3)

    await rerender(show(false, page))
    const shown = log.entries.length
    await stream.play({ burst: { event: 'n', from: 4, to: 5 } })
    await arrived.until((data) => data === '5')
    expect(log.entries).toHaveLength(shown)

    await rerender(show(true, page))
    await log.until(({ data }) => data.n.length === 5)
    const back = log.entries.slice(shown)
    expect(back.map(({ data }) => data.n.slice(0, 3))).toEqual(back.map(() => [1, 2, 3]))
    expect(new Set(back.map(({ status }) => status))).toEqual(new Set(['open']))
    expect(log.latest.data.n).toEqual([1, 2, 3, 4, 5])
    expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
  })

  it('closes its stream after the linger, and starts over when it is back', async () => {
    const stream = await openStream({ body: [{ burst: { event: 'n', to: 3 } }] }, {})
    const log = createLog<Seen<typeof channels>>()
    const page = <Probe url={stream.url} events={channels} options={{ linger: 50 }} log={log} />
    const { rerender } = await render(show(true, page))
    await log.until(({ data }) => data.n.length === 3)
    await rerender(show(false, page))
    await stream.until({ open: 0 })
    await rerender(show(true, page))
    await stream.until({ requests: 2 })
    await stream.play({ burst: { event: 'n', from: 4, to: 5 } })
    await log.until(({ data }) => data.n.at(-1) === 5)
    expect(log.latest.data.n).toEqual([4, 5])
    expect(await stream.log()).toMatchObject({ requests: [{}, {}], open: 1 })
  })
})

it('keeps the value of an inline channel in a hidden <Activity>', async () => {
  const stream = await openStream({ body: [{ burst: { event: 'n', to: 3 } }] })
  const sums = createLog<number>()
  function Sum() {
    const { data } = useEventSource(stream.url, {
      n: json<number>().reduce((sum, n) => sum + n, 0),
    })
    useLayoutEffect(() => sums.add(data.n))
    return null
  }
  const show = (mode: 'visible' | 'hidden') => (
    <Activity mode={mode}>
      <Sum />
    </Activity>
  )
  const { rerender } = await render(show('visible'))
  await sums.until((sum) => sum === 6)
  await rerender(show('hidden'))
  await rerender(show('hidden'))
  const shown = sums.entries.length
  await rerender(show('visible'))
  await stream.play({ burst: { event: 'n', from: 4, to: 4 } })
  await sums.until((sum) => sum === 10)
  expect(new Set(sums.entries.slice(shown))).toEqual(new Set([6, 10]))
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
})
