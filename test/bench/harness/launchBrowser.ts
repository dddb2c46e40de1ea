import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { chromiumFlags, findChromium } from '../../support/chromium.ts'

type Params = Readonly<Record<string, unknown>>

/** A result of the DevTools protocol. */
export type Answer = Record<string, unknown>

export interface Browser {
  readonly version: string
  send(method: string, params?: Params, sessionId?: string): Promise<Answer>
  /** Resolves at the next event of this name in a session. */
  next(method: string, sessionId: string): Promise<void>
  close(): Promise<void>
}

/**
 * Starts Chromium and speaks its DevTools protocol through a pipe. Playwright would enable the
 * Network domain, which makes Chromium report every event of an `EventSource`, at the cost of the
 * page.
 */
export async function launchBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'bench-profile-'))
  const flags = ['--headless', '--remote-debugging-pipe', `--user-data-dir=${profile}`]
  const child = spawn(await findChromium(), [...chromiumFlags, ...flags, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const pipe = connect(child.stdio[3] as Writable, child.stdio[4] as Readable)
  child.once('exit', () => pipe.fail(new Error('Chromium has exited')))
  const { product } = await pipe.send('Browser.getVersion')
  return {
    version: String(product),
    send: pipe.send,
    next: pipe.next,
    async close() {
      const gone = once(child, 'exit')
      // A kill would leave child processes that still write into the profile.
      pipe.send('Browser.close').catch(() => {})
      await gone
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    },
  }
}

interface Pending {
  resolve(answer: Answer): void
  reject(error: Error): void
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly sessionId?: string
  readonly result?: Answer
  readonly error?: { readonly message: string }
}

function connect(out: Writable, into: Readable) {
  const pending = new Map<number, Pending>()
  const waiting = new Map<string, () => void>()
  let lastId = 0
  let rest = ''
  into.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) receive(JSON.parse(message) as Message)
  })
  // Write errors need no handling: the exit of the process rejects pending requests.
  out.on('error', () => {})

  return {
    send(method: string, params: Params = {}, sessionId?: string): Promise<Answer> {
      const id = ++lastId
      out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
      return new Promise((resolve, reject) => pending.set(id, { resolve, reject }))
    },
    next: (method: string, sessionId: string) =>
      new Promise<void>((resolve) => waiting.set(`${sessionId} ${method}`, resolve)),
    fail(error: Error): void {
      for (const { reject } of pending.values()) reject(error)
    },
  }

  function receive({ id, method, sessionId, result, error }: Message): void {
    if (id === undefined) return waiting.get(`${sessionId} ${method}`)?.()
    const asked = pending.get(id)
    pending.delete(id)
    if (error) asked?.reject(new Error(error.message))
    else asked?.resolve(result ?? {})
  }
}
