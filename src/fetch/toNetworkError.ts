import { EventSourceError } from 'use-event-source/core'

/**
 * Wraps an exception in an error of type `'network'`. An {@link EventSourceError} stays as it is.
 *
 * @param mayHoldUrl - true if `fetch` threw it: some platforms put the url in the text. If that url has
 *   userinfo or a query, neither the message nor the `cause` keeps the exception
 */
export function toNetworkError(thrown: unknown, mayHoldUrl?: boolean): EventSourceError {
  if (thrown instanceof EventSourceError) return thrown
  const texts = `${thrown} ${(thrown as Error | undefined)?.cause}`
  return mayHoldUrl && /:\/\/[^\s/]*@|\?\S/.test(texts)
    ? new EventSourceError('network', 'The request failed')
    : new EventSourceError('network', `The request failed: ${thrown}`, { cause: thrown })
}
