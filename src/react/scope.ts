import { type Context, createContext } from 'react'
import { type Client, createClient, type EventSourceOptions, type Url } from 'use-event-source/core'

/** What a provider hands down. What makes a stream another one is here, the rest in the client. */
export interface Scope extends Pick<EventSourceOptions, 'withCredentials' | 'transport'> {
  readonly client: Client
  readonly url?: Url
  /** Whether there is a provider at all: the page's default scope has none. */
  readonly isProvided?: boolean
}

export const ScopeContext: Context<Scope> = /*#__PURE__*/ createContext<Scope>({
  client: /*#__PURE__*/ createClient(),
})
