import { decode, nativeTransport, text, useEventSource } from 'use-event-source'
import { fetchTransport } from 'use-event-source/fetch'
import { ConnectionPanel } from './components/ConnectionPanel.tsx'

// A decoder can return any value: this one keeps the id of the event.
const update = decode((data, { lastEventId }) => ({
  id: lastEventId,
  name: (JSON.parse(data) as { name: string }).name,
}))

// A browser that reconnects sends the last id in a header. After it has given up, a new EventSource
// can't send that header, so the id goes into the url. The server reads both.
const native = nativeTransport({ lastEventIdParam: 'lastEventId' })

// A fetch always sends the header with the last id. These headers are computed for each attempt,
// and once more when the server answers 401.
let token = 1
const overFetch = fetchTransport({
  headers: ({ error }) => {
    if (error?.status === 401) token += 1
    return { Authorization: `Bearer ${token}` }
  },
})

export type CounterOptions = {
  /** The transport that reads the stream. */
  transport: 'native' | 'fetch'
  /** The longest silence before the connection counts as lost, in milliseconds; 0 for no limit. */
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
