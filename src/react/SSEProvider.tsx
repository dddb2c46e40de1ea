import { type ReactNode, useContext, useInsertionEffect, useMemo, useRef, useState } from 'react'
import { createClient, type EventSourceOptions, type Url } from 'use-event-source/core'
import { ScopeContext } from './scope.ts'
import { useSSE } from './useSSE.ts'

/** The options are the defaults of every `useEventSource` and `useSSE` below, nested providers included. */
export interface SSEProviderProps extends EventSourceOptions {
  /** The stream that `useSSE` reads; a falsy one means: not now. */
  url?: Url
  children?: ReactNode
}

/**
 * Opens one connection, shared by everything below it, and keeps it open while it is mounted. It is a
 * scope as well: equal streams below it share a connection, and share none with the outside.
 *
 * ```tsx
 * <SSEProvider url="/api/events">
 *   <Prices />
 *   <StatusBadge />
 * </SSEProvider>
 * ```
 *
 * `onOpen`, `onError` and `onClose` are called once for each connection below.
 */
export function SSEProvider({ url, children, ...options }: SSEProviderProps): ReactNode {
  const outer = useContext(ScopeContext)
  const latest = useRef({ options, outer })
  const [client] = useState(() =>
    createClient(
      (name) => latest.current.options[name] ?? latest.current.outer.client.option(name),
    ),
  )
  useInsertionEffect(() => {
    latest.current = { options, outer }
  })

  const withCredentials = options.withCredentials ?? outer.withCredentials
  const transport = options.transport ?? outer.transport
  const address = url && String(url)
  const scope = useMemo(
    () => ({ client, url: address, withCredentials, transport, isProvided: true }),
    // The key stands for the transport, so that one made inline renders nobody again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [client, address, withCredentials, transport?.key],
  )

  return (
    <ScopeContext.Provider value={scope}>
      <KeepOpen />
      {children}
    </ScopeContext.Provider>
  )
}

function KeepOpen(): ReactNode {
  useSSE()
  return null
}
