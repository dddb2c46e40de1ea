import { memo, type ReactNode, startTransition, useLayoutEffect, useState } from 'react'
import { json, useEventSource } from 'use-event-source'
import { expect, it } from 'vitest'
import { createLog } from './support/createLog.ts'
import { numbers } from './support/numbers.ts'
import { openStream } from './support/openStream.ts'
import { render } from './support/render.tsx'

it('never lets components disagree in one commit, also those that mount in a flood', async () => {
  const stream = await openStream({})
  const commits = createLog<readonly string[]>()
  const channels = { n: json<number>() }

  // One that renders for a reason of its own alone, so that it shows what it was told last.
  const Value = memo(function Value() {
    const { data } = useEventSource(stream.url, channels)
    // Whatever else is part of this commit is in the document by now.
    useLayoutEffect(() => commits.add(shownValues()))
    return <output>{String(data.n)}</output>
  })
  function App({ late }: { late: number }) {
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
  await stream.until({ requests: 1 })
  const played = stream.play({ flood: { event: 'n', to: 20_000 } })
  await commits.until(([value]) => Number(value) > 0)
  for (let late = 3; late <= 30; late += 3) {
    await new Promise<void>((resolve) => {
      startTransition(() => void rerender(<App late={late} />).then(resolve))
    })
  }
  await played
  await commits.until((values) => values.length === 32 && values[0] === '20000')
  expect(commits.entries.filter((values) => new Set(values).size > 1)).toEqual([])
})

/** Takes a while to mount, so that React lets events in between. */
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
