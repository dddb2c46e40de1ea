import { useContext } from 'react'
import type { Channels, Data, EventSourceResult } from 'use-event-source/core'
import { SSEContext } from './SSEContext.ts'
import { type NamedData, useEventSource, type UseEventSourceOptions } from './useEventSource.ts'

/** The options of `useEventSource`, except those that would select another stream. */
export type UseSSEOptions<Kept, Selected = Kept> = Omit<
  UseEventSourceOptions<Kept, Selected>,
  'withCredentials' | 'transport'
>

/**
 * Calls {@link useEventSource} with the url of the nearest `<SSEProvider>`.
 *
 * ```tsx
 * const { data } = useSSE({ quote: json<Quote>() })
 * const { status } = useSSE() // never re-renders for events
 * ```
 *
 * @throws {Error} while rendering, if there is no provider above
 * @throws {TypeError} while rendering, in development, if an argument is not what it should be
 * @throws {RangeError} while rendering, in development, if an option is out of bounds
 */
// oxlint-disable-next-line typescript/ban-types -- no channels are an empty object
export function useSSE<C extends Channels = {}, Selected = Data<C>>(
  events?: C,
  options?: UseSSEOptions<Data<C>, Selected>,
): EventSourceResult<Selected>
export function useSSE<Name extends string, Selected = NamedData<Record<Name, unknown>>>(
  events: readonly Name[],
  options?: UseSSEOptions<NamedData<Record<Name, unknown>>, Selected>,
): EventSourceResult<Selected>
export function useSSE<Payloads extends object, Selected = NamedData<Payloads>>(
  events: readonly (keyof Payloads & string)[],
  options?: UseSSEOptions<NamedData<Payloads>, Selected>,
): EventSourceResult<Selected>
export function useSSE(
  events?: Channels | readonly string[],
  options?: UseSSEOptions<Data<Channels>, unknown>,
): EventSourceResult<unknown> {
  const { url, isProvided } = useContext(SSEContext)
  if (!isProvided) {
    throw new Error(
      'useSSE() reads the stream of an <SSEProvider url="…">, and there is none above: add one, or call useEventSource(url)',
    )
  }
  return useEventSource(url, events as Channels | undefined, options)
}
