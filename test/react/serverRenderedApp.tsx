import { StrictMode, Suspense } from 'react'
import { renderToPipeableStream, renderToString } from 'react-dom/server'
import { json, SSEProvider, useEventSource, useSSE } from 'use-event-source'

/** A page that a server renders and a browser hydrates. */
export function App() {
  return (
    <StrictMode>
      <SSEProvider url="/api/events">
        <Suspense fallback="…">
          <Ticks />
        </Suspense>
        <Badge />
      </SSEProvider>
      <Ticks />
    </StrictMode>
  )
}

/** Renders the page as a server that does not wait for Suspense. */
export function renderAtOnce(): string {
  return renderToString(<App />)
}

/** Renders the page as a streaming server does. */
export async function renderAsStream(): Promise<string> {
  const { PassThrough } = await import('node:stream')
  return new Promise((resolve, reject) => {
    let html = ''
    const sink = new PassThrough()
    sink.on('data', (chunk) => (html += chunk)).on('end', () => resolve(html))
    const { pipe } = renderToPipeableStream(<App />, {
      onError: reject,
      onAllReady: () => pipe(sink),
    })
  })
}

function Ticks() {
  const { data, status } = useEventSource('/api/ticks', {
    tick: json<number>(),
    ticks: json<number>().from('tick').last(3),
  })
  return <p>{`${status} ${data.tick ?? '-'} [${data.ticks.join()}]`}</p>
}

function Badge() {
  return <b>{useSSE().status}</b>
}
