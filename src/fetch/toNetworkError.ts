import { EventSourceError } from 'use-event-source/core'

/**
 * Wraps an exception in an error of type `'network'`. An {@link EventSourceError} stays as it is.
 *
 * @param mayHoldUrl - true if `fetch` threw it. The text of some platforms contains the url: one with
 *   userinfo or a query is kept neither in the message nor as the `cause`.
 */
export function toNetworkError(thrown: unknown, mayHoldUrl?: boolean): EventSourceError {
  if (thrown instanceof EventSourceError) return thrown
  const texts = `${thrown} ${(thrown as Error | undefined)?.cause}`
  return mayHoldUrl && /:\/\/[^\s/]*@|\?\S/.test(texts)
    ? new EventSourceError('network', 'The request failed')
    : new EventSourceError('network', `The request failed: ${thrown}`, { cause: thrown })
}
