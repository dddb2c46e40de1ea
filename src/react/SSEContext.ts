import { type Context, createContext } from 'react'
import { type Client, createClient, nativeTransport, type Url } from 'use-event-source/core'
import type { StreamIdentity } from 'use-event-source/core'

/**
 * Passed down by a provider. `withCredentials` and `transport` are here as well as in the client's
 * defaults, because a component needs those of the current render to choose its stream.
 */
export interface SSEContextValue extends Required<StreamIdentity> {
  readonly client: Client
  readonly url?: Url
  /** Absent in the default value, which applies where there is no provider. */
  readonly isProvided?: boolean
}

export const SSEContext: Context<SSEContextValue> = /*#__PURE__*/ createContext<SSEContextValue>({
  client: /*#__PURE__*/ createClient(),
  withCredentials: false,
  transport: /*#__PURE__*/ nativeTransport(),
})
