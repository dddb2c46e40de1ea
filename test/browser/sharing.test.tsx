import { useLayoutEffect } from 'react'
import { json, SSEProvider, useSSE } from 'use-event-source'
import { expect, it } from 'vitest'
import { createLog } from './support/createLog.ts'
import { openStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

const channels = { n: json<number>() }

it('makes one request for 100 components, and leaves the origin free for others', async () => {
  const stream = await openStream({ body: [{ send: { event: 'n', data: '7' } }] })
  const logs = Array.from({ length: 100 }, () => createLog<Seen<typeof channels>>())
  const probes = logs.map((log, index) => (
    <Probe key={index} url={stream.url} events={channels} log={log} />
  ))
  await render(probes)
  await Promise.all(logs.map((log) => log.until(({ data }) => data.n === 7)))
  // A browser opens six connections to a host at most: one request per component would use them up.
  const page = new URL('/page', stream.url)
  expect(await (await fetch(page)).text()).toContain('A page')
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
})

it('lets a frame of the same origin load while 100 components are mounted', async () => {
  const stream = await openStream({})
  const log = createLog<Seen>()
  const probes = Array.from({ length: 100 }, (_, index) => <Probe key={index} url={stream.url} />)
  await render([...probes, <Probe key="log" url={stream.url} log={log} />])
  await log.until(({ status }) => status === 'open')
  const frame = document.createElement('iframe')
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
  frame.src = new URL('/page', stream.url).href
  document.body.append(frame)
  await loaded
  frame.remove()
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
})

it('opens one connection for all below a provider, and one more outside', async () => {
  const stream = await openStream({ body: [{ send: { event: 'n', data: '7' } }] })
  const inside = createLog<unknown>()
  const outside = createLog<Seen<typeof channels>>()
  function Value() {
    const { data } = useSSE(channels)
    useLayoutEffect(() => inside.add(data.n))
    return null
  }
  await render(
    <>
      <SSEProvider url={stream.url}>
        <Value />
        <Value />
      </SSEProvider>
      <Probe url={stream.url} events={channels} log={outside} />
    </>,
  )
  await inside.until((value) => value === 7)
  await outside.until(({ data }) => data.n === 7)
  expect(await stream.log()).toMatchObject({ requests: [{}, {}], open: 2 })
})

it('shows the latest value in the first render of a component that mounts late', async () => {
  const stream = await openStream({ body: [{ burst: { event: 'n', to: 3 } }] })
  const kept = { n: json<number>(), list: json<number>().from('n').last(2) }
  const first = createLog<Seen<typeof kept>>()
  const late = createLog<Seen<typeof kept>>()
  const early = <Probe key="early" url={stream.url} events={kept} log={first} />
  const { rerender } = await render([early])
  await first.until(({ data }) => data.n === 3)
  await rerender([early, <Probe key="late" url={stream.url} events={kept} log={late} />])
  await stream.play({ send: { event: 'n', data: '4' } })
  await late.until(({ data }) => data.n === 4)
  expect(late.entries.map(({ status, data }) => ({ status, ...data }))).toEqual([
    { status: 'open', n: 3, list: [2, 3] },
    { status: 'open', n: 4, list: [3, 4] },
  ])
})
