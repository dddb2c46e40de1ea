import type { EventSourceResult } from 'use-event-source/core'

type Result = EventSourceResult<unknown>

/**
 * Makes of what there is to see what a component is shown: the same object until the data is another
 * or, once the component has read a field of the state, that is. Until it has, it need not render for
 * the state; when it does, it sees the state as it is by then.
 */
export function createTracker(): (seen: Result) => Result {
  let isRead = false
  let latest: Result | undefined
  /** What is shown of it, and what holds its fields. */
  let shown: Result
  let fields: Result
  const handler: ProxyHandler<Result> = {
    get(target, field) {
      if (!isRead && field !== 'data' && typeof Reflect.get(target, field) !== 'function') {
        isRead = true
        // Nobody has seen what it was.
        Object.assign(fields, latest)
      }
      return Reflect.get(target, field)
    },
  }
  return (seen) => {
    const isShown = seen === latest || (!isRead && latest && Object.is(seen.data, latest.data))
    latest = seen
    if (!isShown) shown = new Proxy((fields = { ...seen }), handler)
    return shown
  }
}
