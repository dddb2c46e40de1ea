import { json, useEventSource } from 'use-event-source'
import { ConnectionPanel } from './components/ConnectionPanel.tsx'

type Notification = { id: number; level: 'info' | 'warning'; text: string }

export function Notifications({ url }: { url: string }) {
  const { data, ...connection } = useEventSource(url, {
    notification: json<Notification>().last(8),
  })
  const { error } = connection

  return (
    <>
      <ol className="notifications" aria-label="Notifications" reversed>
        {data.notification.toReversed().map(({ id, level, text }) => (
          <li key={id} data-level={level}>
            <code>{id}</code> {text}
          </li>
        ))}
      </ol>
      <p className="raw">
        {error?.type === 'decode' && (
          <>
            Could not decode <code>{error.event}</code>: <code>{error.raw}</code>
          </>
        )}
      </p>
      <ConnectionPanel {...connection} />
    </>
  )
}
