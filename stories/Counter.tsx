import { decode, nativeTransport, text, useEventSource } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import { ConnectionPanel } from './components/ConnectionPanel.tsx'

// What a decoder makes of an event is up to you: this one keeps the event's id.
const update = decode((data, { lastEventId }) => ({
  id: lastEventId,
  name: (JSON.parse(data) as { name: string }).name,
}))

// A browser that reconnects sends the last id in a header. Where it has given up, a new EventSource
// can't, so the id goes into the url: this server reads both.
const native = nativeTransport({ lastEventIdParam: 'lastEventId' })

// A fetch always sends the header, and others too: those here are made for each attempt, and once more
// when the server answers 401.
let token = 1
const overFetch = fetchTransport({
  headers: ({ error }) => {
    if (error?.status === 401) token += 1
    return { Authorization: `Bearer ${token}` }
  },
})

export type CounterOptions = {
  /** What brings the events. */
  transport: 'native' | 'fetch'
  /** How many milliseconds without a byte are too many; 0 for any. */
  heartbeat: number
}

export function Counter({ url, transport, heartbeat }: CounterOptions & { url: string }) {
  const { data, ...connection } = useEventSource(
    url,
    {
      message: text(),
      messages: text().from('message').last(6),
      update: update.last(6),
    },
    { transport: transport === 'fetch' ? overFetch : native, heartbeat },
  )

  return (
    <>
      <p className="headline">{data.message ?? 'Waiting for the first message …'}</p>
      <div className="columns">
        <section aria-label="Unnamed messages">
          <h3>Unnamed messages</h3>
          <ol className="log">
            {data.messages.map((message) => (
              <li key={message}>{message}</li>
            ))}
          </ol>
        </section>
        <section aria-label="Updates">
          <h3>
            <code>event: update</code>
          </h3>
          <ol className="log">
            {data.update.map(({ id, name }) => (
              <li key={id}>
                <code>{id}</code> {name}
              </li>
            ))}
          </ol>
        </section>
      </div>
      <ConnectionPanel {...connection} />
    </>
  )
}
