import { useLayoutEffect } from 'react'
import {
  type Channels,
  type Data,
  type EventSourceResult,
  type Url,
  useEventSource,
  type UseEventSourceOptions,
} from 'use-event-source'
import type { Log } from './createLog.ts'

/** The result of the hook in a commit. */
export type Seen<C extends Channels = Channels> = EventSourceResult<Data<C>>

export interface ProbeProps<C extends Channels> {
  url: Url
  events?: C
  options?: UseEventSourceOptions<Data<C>>
  /** Receives the result of each commit. */
  log?: Log<Seen<C>>
}

/** A component that only calls the hook, and renders the data as JSON. */
export function Probe<C extends Channels>({ url, events, options, log }: ProbeProps<C>) {
  const result = useEventSource(url, events, options)
  useLayoutEffect(() => log?.add(result))
  return <p>{JSON.stringify(result.data)}</p>
}
