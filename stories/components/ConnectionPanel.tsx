import { type ReactNode, useEffect, useState } from 'react'
import type { ConnectionState } from 'use-event-source'

/** The result of a hook without `data`. */
type Connection = ConnectionState & { reconnect(): void; close(): void }

/** Shows the state of a connection; `children` replace the Close and Reconnect buttons. */
export function ConnectionPanel({
  children,
  ...connection
}: Connection & { children?: ReactNode }) {
  const { status, error, reconnect, close } = connection
  return (
    <section className="connection" aria-label="Connection" data-status={status}>
      <div className="bar">
        <p className="state">
          <span className="dot" aria-hidden="true" />
          <span role="status">
            <strong>{status}</strong> {aside(connection)}
          </span>
          {connection.retryAt !== null && <Countdown to={connection.retryAt} />}
        </p>
        <div className="buttons">
          {children ?? (
            <>
              <button type="button" onClick={close} disabled={status === 'closed'}>
                Close
              </button>
              <button type="button" onClick={reconnect}>
                Reconnect
              </button>
            </>
          )}
        </div>
      </div>
      <p className="error">
        {error && `${error.type}: ${error.message}`}
        {error?.body && `. Response: ${error.body}`}
      </p>
    </section>
  )
}

function aside({ status, attempt, reason }: Connection): string {
  if (status === 'reconnecting') return `attempt ${attempt}`
  return reason ?? ''
}

function Countdown({ to }: { to: number }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 100)
    return () => clearInterval(timer)
  }, [])
  return <span className="countdown">in {(Math.max(0, to - now) / 1000).toFixed(1)} s</span>
}
