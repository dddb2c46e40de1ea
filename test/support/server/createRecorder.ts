import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Condition, RecordedRequest, ServerLog } from './script.ts'

/** Writes down what happens at a server. */
export interface Recorder {
  /** The answers that are open now, each with its request. */
  readonly open: ReadonlyMap<ServerResponse, RecordedRequest>
  /** Records a request, as open until its connection or its answer ends. */
  record(request: IncomingMessage, response: ServerResponse): RecordedRequest
  /** What has happened so far. */
  log(): ServerLog
  /** Resolves with the log once the condition holds, `undefined` if it does not within `limit` ms. */
  until(condition: Condition, limit: number): Promise<ServerLog | undefined>
}

export function createRecorder(): Recorder {
  const requests: RecordedRequest[] = []
  const open = new Map<ServerResponse, RecordedRequest>()
  const waiting = new Set<() => void>()

  return { open, record, log, until }

  function record(request: IncomingMessage, response: ServerResponse): RecordedRequest {
    const { url = '', headers } = request
    const lastEventId = headers['last-event-id']?.toString() ?? null
    const recorded = { at: Date.now(), url, lastEventId, headers }
    requests.push(recorded)
    open.set(response, recorded)
    response.once('close', () => {
      open.delete(response)
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

function isMet({ requests, open }: Condition, log: ServerLog): boolean {
  return (
    (requests === undefined || log.requests.length >= requests) &&
    (open === undefined || log.open === open)
  )
}
