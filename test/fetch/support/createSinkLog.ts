import type { TransportSink } from 'use-event-source/core'

type Call = {
  [Name in keyof TransportSink]: readonly [name: Name, ...args: Parameters<TransportSink[Name]>]
}[keyof TransportSink]

/** A sink and the calls to it, oldest first. The events of a batch are separate calls. */
export interface SinkLog {
  readonly sink: TransportSink
  readonly calls: readonly Call[]
  /** The calls without `alive`, which is logged for each batch as well. */
  withoutAlive(): readonly Call[]
}

export function createSinkLog(): SinkLog {
  const calls: Call[] = []
  return {
    calls,
    withoutAlive: () => calls.filter(([name]) => name !== 'alive'),
    sink: {
      open: () => calls.push(['open']),
      event: (...args) => calls.push(['event', ...args]),
      batch(dispatch) {
        calls.push(['alive'])
        dispatch()
      },
      id: (...args) => calls.push(['id', ...args]),
      alive: () => calls.push(['alive']),
      retry: (...args) => calls.push(['retry', ...args]),
      drop: (...args) => calls.push(['drop', ...args]),
      fail: (...args) => calls.push(['fail', ...args]),
      done: (...args) => calls.push(['done', ...args]),
      end: (...args) => calls.push(['end', ...args]),
    },
  }
}
