import type { IncomingMessage } from 'node:http'
import type { Outlet } from './createOutlet.ts'
import type { Condition, RecordedRequest, ServerLog } from './script.ts'

/** Records the requests to a server. */
export interface Recorder {
  /** The open answers, each with its request. */
  readonly open: ReadonlyMap<Outlet, RecordedRequest>
  /** Records a request, as open until its connection or its answer ends. */
  record(request: IncomingMessage, body: string, outlet: Outlet): RecordedRequest
  /** Returns the requests so far. */
  log(): ServerLog
  /** Resolves with the log once the condition is met, or with `undefined` after `limit` ms. */
  until(condition: Condition, limit: number): Promise<ServerLog | undefined>
}

export function createRecorder(): Recorder {
  const requests: RecordedRequest[] = []
  const open = new Map<Outlet, RecordedRequest>()
  const waiting = new Set<() => void>()

  return { open, record, log, until }

  function record(request: IncomingMessage, body: string, outlet: Outlet): RecordedRequest {
    const { method = '', url = '', headers } = request
    const lastEventId = lastEventIdOf(request)
    const recorded = { at: Date.now(), method, url, lastEventId, headers, body }
    requests.push(recorded)
    open.set(outlet, recorded)
    void outlet.gone.then(() => {
      open.delete(outlet)
      changed()
    })
    changed()
    return recorded
  }

  function log(): ServerLog {
    return { requests: [...requests], open: open.size }
  }

  function until(condition: Condition, limit: number): Promise<ServerLog | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(undefined), limit)
      const check = (): void => {
        if (isMet(condition, log())) settle(log())
      }
      const settle = (result: ServerLog | undefined): void => {
        clearTimeout(timer)
        waiting.delete(check)
        resolve(result)
      }
      waiting.add(check)
      check()
    })
  }

  function changed(): void {
    for (const check of [...waiting]) check()
  }
}

function lastEventIdOf({ headers }: IncomingMessage): string | null {
  const header = headers['last-event-id']
  // Node decodes headers as Latin-1; the standard encodes this one as UTF-8.
  return header === undefined ? null : Buffer.from(header.toString(), 'latin1').toString()
}

function isMet({ requests, open }: Condition, log: ServerLog): boolean {
  return (
    (requests === undefined || log.requests.length >= requests) &&
    (open === undefined || log.open === open)
  )
}
