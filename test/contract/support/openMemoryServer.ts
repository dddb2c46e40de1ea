import type { Transport } from 'use-event-source/core'
import { onTestFinished } from 'vitest'
import type { Condition, ServerEvent } from '../../support/server/script.ts'
import type { ContractAnswer, ContractLog, ContractServer, ContractStep } from '../contract.ts'

/** The client side of a request without a network. */
export interface Caller {
  readonly url: string
  readonly withCredentials: boolean
  readonly lastEventId: string
  /** Called when the answer is a stream. */
  opened(): void
  sent(event: ServerEvent): void
  /** Called for a `retry:` field in the stream. */
  setRetryDelay(delay: number): void
  /** Called when the answer is not a stream. */
  refused(): void
  /** Called when the connection is lost, or cannot be made. */
  lost(): void
}

interface MemoryServer {
  isListening(): boolean
  take(call: Call): void
}

interface Call {
  readonly caller: Caller
  hasHungUp: boolean
}

const servers = new Map<string, MemoryServer>()
/** Called after every change at any server. */
const notices = new Set<() => void>()
let opened = 0

/** Makes a request, which is answered in a task of its own. Returns a function that cancels it. */
export function request(caller: Caller): () => void {
  const call: Call = { caller, hasHungUp: false }
  dial(caller.url, call)
  return () => {
    call.hasHungUp = true
    notify()
  }
}

function dial(url: string, call: Call): void {
  setTimeout(() => {
    const server = servers.get(url)
    if (call.hasHungUp) return
    if (server?.isListening()) server.take(call)
    else call.caller.lost()
  })
}

/** Opens a server in the page itself, which needs no network. */
export async function openMemoryServer(
  transport: Transport,
  answers: ContractAnswer[],
): Promise<ContractServer> {
  const url = `https://memory-${++opened}.test/`
  const requests: (string | null)[] = []
  let calls: Call[] = []
  let next = answers
  let isListening = true

  servers.set(url, { isListening: () => isListening, take })
  onTestFinished(() => void servers.delete(url))
  return {
    url,
    transport,
    async answer(...answers) {
      next = answers
    },
    async play(...steps) {
      const { open } = readLog()
      if (open === 0) throw new Error(`No response of ${url} is open`)
      for (const call of [...calls]) play(call, steps)
    },
    async refuse() {
      isListening = false
    },
    async accept() {
      isListening = true
    },
    log: async () => readLog(),
    until,
  }

  function take(call: Call): void {
    const { caller } = call
    const answer = (next.length > 1 ? next.shift() : next[0]) ?? {}
    requests.push(caller.lastEventId || null)
    calls.push(call)
    notify()
    if (answer === 'stall') return
    if (answer === 'reset') return end(call, 'lost')
    if (typeof answer === 'number') return end(call, 'refused')
    if ('redirect' in answer) {
      drop(call)
      return dial(answer.redirect, call)
    }
    const { status = 200, headers, body = [] } = answer
    if (caller.withCredentials && headers?.['Access-Control-Allow-Origin'] === '*')
      return end(call, 'refused')
    if (status !== 200 || headers?.['Content-Type']) return end(call, 'refused')
    caller.opened()
    play(call, body)
  }

  function play(call: Call, steps: readonly ContractStep[]): void {
    const { caller } = call
    for (const step of steps) {
      if (step === 'end' || step === 'reset') return end(call, 'lost')
      if ('retry' in step) caller.setRetryDelay(step.retry)
      // A comment is not reported to the caller.
      if (!('send' in step)) continue
      for (const event of 'data' in step.send ? [step.send] : step.send) {
        if (call.hasHungUp) return
        caller.sent(event)
      }
    }
  }

  function end(call: Call, how: 'lost' | 'refused'): void {
    drop(call)
    if (!call.hasHungUp) call.caller[how]()
  }

  function drop(call: Call): void {
    calls = calls.filter((other) => other !== call)
    notify()
  }

  function readLog(): ContractLog {
    calls = calls.filter(({ hasHungUp }) => !hasHungUp)
    return { requests: [...requests], open: calls.length }
  }

  function until(condition: Condition): Promise<ContractLog> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        notices.delete(check)
        reject(new Error(`The condition was not met in time: ${JSON.stringify(readLog())}`))
      }, 10_000)
      const check = (): void => {
        const log = readLog()
        if (log.requests.length < (condition.requests ?? 0)) return
        if (log.open !== (condition.open ?? log.open)) return
        clearTimeout(timer)
        notices.delete(check)
        resolve(log)
      }
      notices.add(check)
      check()
    })
  }
}

function notify(): void {
  for (const notice of [...notices]) notice()
}
