import type { TransportSink } from 'use-event-source/core'

type Call = {
  [Name in keyof TransportSink]: readonly [name: Name, ...args: Parameters<TransportSink[Name]>]
}[keyof TransportSink]

/** A sink, and what it was told, oldest first; events one by one, also those that came at once. */
export interface SinkLog {
  readonly sink: TransportSink
  readonly calls: readonly Call[]
  /** The same without what every piece of a body says. */
  told(): readonly Call[]
}

export function createSinkLog(): SinkLog {
  const calls: Call[] = []
  return {
    calls,
    told: () => calls.filter(([name]) => name !== 'alive'),
    sink: {
      open: () => calls.push(['open']),
      event: (...args) => calls.push(['event', ...args]),
      batch(tell) {
        calls.push(['alive'])
        tell()
      },
      id: (...args) => calls.push(['id', ...args]),
      alive: () => calls.push(['alive']),
      retry: (...args) => calls.push(['retry', ...args]),
      drop: (...args) => calls.push(['drop', ...args]),
      fail: (...args) => calls.push(['fail', ...args]),
      done: (...args) => calls.push(['done', ...args]),
    },
  }
}
