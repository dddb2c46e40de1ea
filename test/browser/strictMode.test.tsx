import { StrictMode } from 'react'
import { json } from 'use-event-source'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createLog } from './support/createLog.ts'
import { numbers } from './support/numbers.ts'
import { openStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

it('makes one request under StrictMode, and leaves none open after the unmount', async () => {
  const sources = countSources()
  const stream = await openStream({ body: [{ burst: { event: 'n', to: 3 } }] })
  const handled: number[] = []
  const channels = {
    sum: json<number>()
      .from('n')
      .reduce((sum, n) => sum + n, 0),
    each: json<number>()
      .from('n')
      .forEach((n) => handled.push(n)),
  }
  const log = createLog<Seen<typeof channels>>()
  const { unmount } = await render(
    <StrictMode>
      <Probe url={stream.url} events={channels} log={log} />
    </StrictMode>,
  )
  await log.until(({ data }) => data.sum === 6)
  expect(handled).toEqual(numbers(1, 3))
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })
  unmount()
  expect((await stream.until({ open: 0 })).requests).toHaveLength(1)
  // A source that is closed at once makes no request, so the server cannot count it.
  expect(sources.count).toBe(1)
})

it('leaves no request open under StrictMode without a linger', async () => {
  const stream = await openStream({})
  const log = createLog<Seen>()
  const { unmount } = await render(
    <StrictMode>
      <Probe url={stream.url} options={{ linger: 0 }} log={log} />
    </StrictMode>,
  )
  await log.until(({ status }) => status === 'open')
  unmount()
  expect(await stream.until({ open: 0 })).toMatchObject({ open: 0 })
})

/** Counts the `EventSource` objects that are created until the end of the test. */
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
