import { text, useEventSource } from 'use-event-source'
import { ConnectionPanel } from './components/ConnectionPanel.tsx'

export function Greeting({ url }: { url: string }) {
  const { data, ...connection } = useEventSource(url, { message: text() })

  return (
    <>
      <p className="headline">{data.message ?? 'Waiting for the first greeting …'}</p>
      <ConnectionPanel {...connection} />
    </>
  )
}
