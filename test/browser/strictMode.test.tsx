import { StrictMode } from 'react'
import { json } from 'use-event-source'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createLog } from './support/createLog.ts'
import { openStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

const channels = { n: json<number>() }

it('makes one request under StrictMode, and leaves none open after the unmount', async () => {
  const sources = countSources()
  const stream = await openStream({ body: [{ send: { event: 'n', data: '7' } }] })
  const log = createLog<Seen<typeof channels>>()
  const { unmount } = await render(
    <StrictMode>
      <Probe url={stream.url} events={channels} log={log} />
    </StrictMode>,
  )
  await log.until(({ data }) => data.n === 7)
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
  unmount()
  expect((await stream.until({ open: 0 })).requests).toHaveLength(1)
  // One that is closed at once makes no request either.
  expect(sources.count).toBe(1)
})

it('does so without a linger as well', async () => {
  const stream = await openStream({ body: [{ send: { event: 'n', data: '7' } }] })
  const log = createLog<Seen<typeof channels>>()
  const { unmount } = await render(
    <StrictMode>
      <Probe url={stream.url} events={channels} options={{ linger: 0 }} log={log} />
    </StrictMode>,
  )
  await log.until(({ data }) => data.n === 7)
  unmount()
  expect(await stream.until({ open: 0 })).toMatchObject({ open: 0 })
})

/** Counts the sources that are made until the end of the test. */
function countSources() {
  const sources = { count: 0 }
  class Counted extends EventSource {
    constructor(url: string | URL, init?: EventSourceInit) {
      super(url, init)
      sources.count++
    }
  }
  vi.stubGlobal('EventSource', Counted)
  onTestFinished(() => void vi.unstubAllGlobals())
  return sources
}
