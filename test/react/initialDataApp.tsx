import { Fragment, StrictMode, Suspense } from 'react'
import { renderToString } from 'react-dom/server'
import { json, SSEProvider, text, useEventSource, useSSE } from 'use-event-source'

/** The data of each render of `Ticks`. */
export const seen: unknown[] = []

/** Returns the events that the server knows when it renders, as a new array for each render. */
const ticks = () => [{ n: 1 }, { n: 2 }]

/** A page with `initialData` in its HTML, all of it written inline. */
export function App({ isStrict = false }) {
  const Mode = isStrict ? StrictMode : Fragment
  return (
    <Mode>
      <SSEProvider url="/api/events" lastEventId="2" initialData={{ badge: 'from the server' }}>
        <Suspense fallback="…">
          <Ticks />
        </Suspense>
        <Badge />
      </SSEProvider>
    </Mode>
  )
}

export function renderAtOnce(): string {
  return renderToString(<App />)
}

function Ticks() {
  const { data, status } = useEventSource(
    '/api/ticks',
    {
      tick: json<{ n: number }>(),
      ticks: json<{ n: number }>().from('tick').last(3),
      sum: json<{ n: number }>()
        .from('tick')
        .reduce((sum, { n }) => sum + n, 0),
    },
    { initialData: { tick: { n: 2 }, ticks: ticks(), sum: 3 } },
  )
  seen.push(data)
  return <p>{`${status} ${data.tick?.n} [${data.ticks.map(({ n }) => n).join()}] ${data.sum}`}</p>
}

function Badge() {
  return <b>{useSSE({ badge: text() }).data.badge}</b>
}
