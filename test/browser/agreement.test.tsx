import { memo, type ReactNode, startTransition, useLayoutEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { type Channel, json, useEventSource } from 'use-event-source'
import { expect, it } from 'vitest'
import { createLog } from './support/createLog.ts'
import { numbers } from './support/numbers.ts'
import { openStream, type TestStream } from './support/openStream.ts'
import { render } from './support/render.tsx'

it('shows one value in all components at each commit of a flood, even if one mounts in the middle', async () => {
  const stream = await openStream({})
  const { App, commits, rerender } = await show(stream)
  const each = json<number>()
    .from('n')
    .forEach((n) => {
      // Mounts a component between an event and the frame that publishes it.
      if (n % 1_000 === 0) flushSync(() => void rerender(<App each={each} late={n / 1_000} />))
    })
  await rerender(<App each={each} late={0} />)
  await stream.play({ flood: { event: 'n', to: 20_000 } })
  await commits.until((values) => values.length === 22 && values[0] === '20000')
  expect(commits.entries.filter((values) => new Set(values).size > 1)).toEqual([])
})

it('shows one value in all components while React renders a transition', async () => {
  const stream = await openStream({})
  const { App, commits, rerender } = await show(stream)
  const turns = numbers(1, 30)
  for (const turn of turns) {
    const rendered = new Promise<void>((resolve) => {
      startTransition(() => void rerender(<App late={turn} />).then(resolve))
    })
    for (const part of [1, 2, 3]) {
      await stream.play({ send: { event: 'n', data: `${turn}${part}` } })
    }
    await rendered
  }
  await commits.until((values) => values.length === 32 && values[0] === '303')
  expect(commits.entries.filter((values) => new Set(values).size > 1)).toEqual([])
})

/** Renders two components that show the same channel, and logs the values of each commit. */
async function show({ url, until }: TestStream) {
  const commits = createLog<readonly string[]>()
  const channels = { n: json<number>() }
  // Memoized, so that a render of its parent does not hide a stale value.
  const Value = memo(function Value() {
    const { data } = useEventSource(url, channels)
    // Layout effects run after all DOM changes of the commit.
    useLayoutEffect(() => commits.add(shownValues()))
    return <output>{String(data.n)}</output>
  })
  function App({ late, each }: { late: number; each?: Channel<never> }) {
    useEventSource(url, each ? { each } : {})
    return (
      <>
        <Value />
        <Value />
        {numbers(1, late).map((number) => (
          <Slow key={number}>
            <Value />
          </Slow>
        ))}
      </>
    )
  }
  const { rerender } = await render(<App late={0} />)
  await until({ requests: 1 })
  return { App, commits, rerender }
}

/** Mounts slowly, so that React yields to events in between. */
function Slow({ children }: { children: ReactNode }) {
  useState(() => {
    const end = performance.now() + 2
    while (performance.now() < end);
  })
  return children
}

function shownValues(): string[] {
  return Array.from(document.querySelectorAll('output'), ({ textContent }) => textContent)
}
