import {
  createElement,
  type ReactNode,
  useContext,
  useInsertionEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { checkUse, createClient, type EventSourceOptions, type Url } from 'use-event-source/core'
import { SSEContext } from './SSEContext.ts'
import { useSSE } from './useSSE.ts'

/** The options are defaults for all hooks below, including those in nested providers. */
export interface SSEProviderProps extends EventSourceOptions {
  /** The stream that `useSSE` reads. With a falsy url there is none for now. */
  url?: Url
  children?: ReactNode
}

/**
 * Opens a connection to `url` and keeps it open while mounted. Components below that use the same stream
 * share one connection, and share none with components outside.
 *
 * ```tsx
 * <SSEProvider url="/api/events">
 *   <Prices />
 *   <StatusBadge />
 * </SSEProvider>
 * ```
 *
 * `onOpen`, `onError` and `onClose` are called once for each connection below, unless a nested provider
 * gives its own.
 *
 * @throws {TypeError} while rendering, in development, if a prop is not what it should be
 * @throws {RangeError} while rendering, in development, if an option is out of bounds
 */
export function SSEProvider({ url, children, ...options }: SSEProviderProps): ReactNode {
  checkUse('url', url)
  checkUse('options', options)
  const outer = useContext(SSEContext)
  const latest = useRef({ options, outer })
  const [client] = useState(() =>
    createClient({
      defaults: (name) => latest.current.options[name] ?? latest.current.outer.client.option(name),
    }),
  )
  useInsertionEffect(() => {
    latest.current = { options, outer }
  })

  const withCredentials = options.withCredentials ?? outer.withCredentials
  const transport = options.transport ?? outer.transport
  const address = url && String(url)
  const key = client.key(address, { withCredentials, transport })
  const value = useMemo(
    () => ({ client, url: address, withCredentials, transport, isProvided: true }),
    // The key stands for the request, so that an inline transport does not re-render the consumers.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [client, key],
  )

  // Without JSX, because its runtime would be one more import in every bundle of a hook.
  return createElement(SSEContext.Provider, { value }, createElement(KeepOpen), children)
}

function KeepOpen(): ReactNode {
  useSSE()
  return null
}
