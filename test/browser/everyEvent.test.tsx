import { Profiler } from 'react'
import { json } from 'use-event-source'
import { describe, expect, it } from 'vitest'
import { createLog } from './support/createLog.ts'
import { aFrameLater, countFrames } from './support/frames.ts'
import { numbers } from './support/numbers.ts'
import { openStream, type TestStream } from './support/openStream.ts'
import { Probe, type Seen } from './support/Probe.tsx'
import { render } from './support/render.tsx'

describe('2,000 events in one chunk', () => {
  it('all reach forEach and last(50) in order, in at most 3 commits', async () => {
    const stream = await openStream({})
    const seen = await watch(stream)
    await stream.play({ burst: { event: 'n', to: 2_000 } })
    await seen.until(2_000)
    expect(seen.each).toEqual(numbers(1, 2_000))
    expect(seen.last()).toEqual(numbers(1_951, 2_000))
    expect(seen.commits.length).toBeLessThanOrEqual(3)
  })

  it('all reach forEach and last(50) in order when they come with the headers', async () => {
    const stream = await openStream({ body: [{ burst: { event: 'n', to: 2_000 } }] })
    const seen = await watch(stream)
    await seen.until(2_000)
    expect(seen.each).toEqual(numbers(1, 2_000))
    expect(seen.last()).toEqual(numbers(1_951, 2_000))
  })
})

describe('20,000 events as fast as the server can write', () => {
  it('all reach forEach and last(50) in order, in at most one commit per frame', async () => {
    const stream = await openStream({})
    const seen = await watch(stream)
    await stream.play({ flood: { event: 'n', to: 20_000 } })
    await seen.until(20_000)
    expect(seen.each).toEqual(numbers(1, 20_000))
    expect(seen.last()).toEqual(numbers(19_951, 20_000))
    expect(seen.commits.filter(isInFrameOfPrevious)).toEqual([])
  })
})

interface Commit {
  frame: number
  at: number
}

/** Whether a commit is the second one in a frame. A frame of over a second may have several. */
function isInFrameOfPrevious(commit: Commit, index: number, commits: readonly Commit[]): boolean {
  const previous = commits[index - 1]
  return previous?.frame === commit.frame && commit.at - previous.at < 1_000
}

/** Renders three components on the stream's numbers, and resolves once the stream is open. */
async function watch({ url }: TestStream) {
  const each: number[] = []
  const lists = createLog<Seen<typeof channels>>()
  const states = createLog<Seen>()
  const channels = {
    n: json<number>().last(50),
    each: json<number>()
      .from('n')
      .forEach((n) => each.push(n)),
  }
  const frames = countFrames()
  const commits: Commit[] = []
  await render(
    <Profiler
      id="tree"
      onRender={() => commits.push({ frame: frames.current, at: performance.now() })}
    >
      <Probe url={url} events={channels} log={lists} />
      <Probe url={url} events={{ n: json<number>().reduce((sum, n) => sum + n, 0) }} />
      <Probe url={url} log={states} />
    </Profiler>,
  )
  await states.until(({ status }) => status === 'open')
  await aFrameLater()
  commits.length = 0
  return {
    each,
    commits,
    last: () => lists.latest.data.n,
    async until(number: number) {
      await lists.until(({ data }) => data.n.at(-1) === number)
      await aFrameLater()
    },
  }
}
