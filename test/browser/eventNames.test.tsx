import { useLayoutEffect } from 'react'
import { json, text, useEventSource } from 'use-event-source'
import { expect, it } from 'vitest'
import { createLog } from './support/createLog.ts'
import { openStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

it('receives an event that is subscribed to later on the same open stream', async () => {
  const stream = await openStream({})
  const early = { a: text() }
  const late = { b: text() }
  const earlyLog = createLog<Seen<typeof early>>()
  const lateLog = createLog<Seen<typeof late>>()
  const first = <Probe key="early" url={stream.url} events={early} log={earlyLog} />
  const { rerender } = await render([first])
  await earlyLog.until(({ status }) => status === 'open')
  await rerender([first, <Probe key="late" url={stream.url} events={late} log={lateLog} />])
  await stream.play({ send: { event: 'b', data: 'x' } })
  await lateLog.until(({ data }) => data.b === 'x')
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
})

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'message']
const values = names.map((name) => [name, `${name}!`])

it('accepts any event name, even that of a property of every object', async () => {
  const stream = await openStream({
    body: [{ send: names.map((event) => ({ event, data: JSON.stringify(`${event}!`) })) }],
  })
  const channels = Object.fromEntries(names.map((name) => [name, json<string>()]))
  const byChannel = createLog<Seen<typeof channels>>()
  const byName = createLog<Record<string, string | undefined>>()
  function Names() {
    const { data } = useEventSource<Record<string, string>>(stream.url, names)
    useLayoutEffect(() => byName.add(data))
    return null
  }
  await render(
    <>
      <Probe url={stream.url} events={channels} log={byChannel} />
      <Names />
    </>,
  )
  const { data } = await byChannel.until(({ data }) => data['message'] === 'message!')
  expect(Object.entries(data)).toEqual(values)
  expect(Object.entries(await byName.until(({ message }) => message === 'message!'))).toEqual(
    values,
  )
})

it('keeps events named "open" and "error" apart from the state of the connection', async () => {
  const stream = await openStream({})
  const channels = { open: text(), error: text() }
  const log = createLog<Seen<typeof channels>>()
  await render(<Probe url={stream.url} events={channels} log={log} />)
  await log.until(({ status }) => status === 'open')
  await stream.play({
    send: [
      { event: 'open', data: 'a' },
      { event: 'error', data: 'b' },
    ],
  })
  await log.until(({ data }) => data.error === 'b')
  expect(log.latest).toMatchObject({ data: { open: 'a' }, status: 'open', error: null })
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
})
