import { type Context, createContext } from 'react'
import { type Client, createClient, type StreamIdentity, type Url } from 'use-event-source/core'

/**
 * The value that a provider passes down. The client's defaults have `withCredentials` and `transport`
 * too, but those of the last commit. To choose its stream, a component needs those of the render.
 */
export interface SSEContextValue extends Required<StreamIdentity> {
  readonly client: Client
  readonly url?: Url
  /** Absent in the default value, which applies where there is no provider. */
  readonly isProvided?: boolean
}

export const SSEContext: Context<SSEContextValue> = /*#__PURE__*/ createContext(
  /*#__PURE__*/ unprovided(),
)

function unprovided(): SSEContextValue {
  const client = createClient()
  const { option } = client
  return { client, withCredentials: option('withCredentials'), transport: option('transport') }
}
