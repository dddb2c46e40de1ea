import { type ReactNode, useEffect, useState } from 'react'
import type { Command, RoomState } from '../servers/room.ts'
import { type FeedName, roomUrl } from '../servers/rooms.ts'
import { control, nothing, serverState, watchServer } from '../servers/serverControl.ts'

/** The controls of every story, which configure its server. */
export type StageArgs = {
  /** Milliseconds between two ticks of the server. */
  every: number
  /** The delay before a client reconnects, in milliseconds, as the server sends it in `retry:`. */
  retry: number
}

type StageProps = StageArgs & { feed: FeedName; children: (url: string) => ReactNode }

/**
 * Renders an example against its own demo server, with buttons that break and restore that server.
 */
export function Stage({ feed, every, retry, children }: StageProps) {
  const [room] = useState(() => Math.random().toString(36).slice(2))
  const [isMounted, setMounted] = useState(true)
  const url = roomUrl(feed, room, { every, retry })
  return (
    <div className="stage">
      <article className="example">
        {isMounted ? children(url) : <p className="empty">Unmounted</p>}
      </article>
      <Server url={url}>
        <button type="button" onClick={() => setMounted(!isMounted)}>
          {isMounted ? 'Unmount' : 'Mount'}
        </button>
      </Server>
    </div>
  )
}

function Server({ url, children }: { url: string; children: ReactNode }) {
  const [state, setState] = useServerState(url)
  const act = async (command: Command) => setState(await control(url, command))
  const restore = async () => {
    await act({ do: 'restore' })
    // A client cannot know that a server works again. It tries at once when the network returns.
    window.dispatchEvent(new Event('online'))
  }
  return (
    <section className="server" aria-label="Server" data-url={url}>
      <p className="line">
        <strong>Server</strong>
        <code>{new URL(url, location.href).pathname}</code>
        <span className="count" data-mode={state.mode}>
          {words[state.mode]} · {count(state.open, 'connection')} ·{' '}
          {count(state.requests, 'request')}
        </span>
      </p>
      <div className="buttons" role="group" aria-label="Break or restore the server">
        <button type="button" onClick={() => act({ do: 'drop' })}>
          Drop
        </button>
        <button type="button" onClick={() => act({ do: 'end' })}>
          End
        </button>
        <button type="button" onClick={() => act({ do: 'refuse', times: 3 })}>
          503 × 3
        </button>
        <button
          type="button"
          aria-pressed={state.mode === 'refusing'}
          onClick={() => act({ do: 'refuse' })}
        >
          503
        </button>
        <button
          type="button"
          aria-pressed={state.mode === 'expired'}
          onClick={() => act({ do: 'expire' })}
        >
          401
        </button>
        <button
          type="button"
          aria-pressed={state.mode === 'stalled'}
          onClick={() => act({ do: 'stall' })}
        >
          Stall
        </button>
        <button type="button" onClick={restore}>
          Restore
        </button>
        <span className="gap" />
        {children}
      </div>
    </section>
  )
}

const words: Record<RoomState['mode'], string> = {
  up: 'Up',
  expired: 'Requires a fresh token',
  refusing: 'Answers 503',
  stalled: 'Stalled',
}

function useServerState(url: string) {
  const [state, setState] = useState(nothing)
  useEffect(() => {
    // A state that arrives through the watcher may be newer than the response to this request.
    let isAsking = true
    const stop = watchServer(url, (state) => {
      isAsking = false
      setState(state)
    })
    serverState(url).then((state) => isAsking && setState(state))
    return () => {
      isAsking = false
      stop()
    }
  }, [url])
  return [state, setState] as const
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
