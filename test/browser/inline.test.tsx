import { useLayoutEffect } from 'react'
import { json, nativeTransport, text, useEventSource } from 'use-event-source'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createLog } from './support/createLog.ts'
import { openStream } from './support/openStream.ts'
import { render } from './support/render.tsx'
import { RETRY } from './support/retryTimes.ts'

it('neither reconnects nor resubscribes for inline arguments, and calls the latest functions', async () => {
  const listen = vi.spyOn(EventSource.prototype, 'addEventListener')
  onTestFinished(() => listen.mockRestore())
  const stream = await openStream({ body: [{ retry: RETRY }, { burst: { event: 'n', to: 3 } }] })
  const calls = createLog<string>()
  const sums = createLog<number>()

  function Child({ turn }: { turn: number }) {
    const { data } = useEventSource(
      new URL(stream.url),
      {
        n: text(),
        list: json<number>().from('n').last(5),
        sum: json<number>()
          .from('n')
          .reduce((sum, n) => sum + n, 0),
        byParity: json<number>()
          .from('n')
          .latestBy((n) => n % 2),
        each: json<number>()
          .from('n')
          .forEach((n) => calls.add(`turn ${turn}: event ${n}`)),
      },
      {
        withCredentials: true,
        transport: nativeTransport({ lastEventIdParam: 'after' }),
        until: ({ data }) => {
          calls.add(`turn ${turn}: until ${data}`)
          return false
        },
        linger: 1_000 + turn,
        onOpen: () => calls.add(`turn ${turn}: open`),
        onError: ({ type }) => calls.add(`turn ${turn}: ${type}`),
        onClose: () => calls.add(`turn ${turn}: close`),
        select: ({ n, list, sum, byParity }) => ({ n, list, sum, byParity, turn }),
        isEqual: (a, b) => a.sum === b.sum && a.turn === b.turn,
      },
    )
    useLayoutEffect(() => sums.add(data.sum))
    return <p>{`${data.n} of ${data.list}, ${data.byParity.get(1)}, in turn ${data.turn}`}</p>
  }

  const { container, rerender } = await render(<Child turn={0} />)
  await sums.until((sum) => sum === 6)
  const listeners = listen.mock.calls.length
  for (let turn = 1; turn <= 100; turn++) await rerender(<Child turn={turn} />)
  expect(sums.entries.slice(-100).every((sum) => sum === 6)).toBe(true)

  const before = calls.entries.length
  await stream.play({ burst: { event: 'n', from: 4, to: 4 } })
  await sums.until((sum) => sum === 10)
  expect(calls.entries.slice(before)).toEqual(['turn 100: until 4', 'turn 100: event 4'])
  expect(container.textContent).toBe('4 of 1,2,3,4, 3, in turn 100')
  expect(listen.mock.calls).toHaveLength(listeners)
  expect(await stream.log()).toMatchObject({ requests: [{}], open: 1 })

  await stream.play('end')
  await calls.until((call) => call === 'turn 100: open')
  expect(calls.entries.slice(before + 2, before + 4)).toEqual([
    'turn 100: network',
    'turn 100: open',
  ])
})
