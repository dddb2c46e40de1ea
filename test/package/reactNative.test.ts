import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileFunction, createContext, runInContext } from 'node:vm'
import { expect, it, onTestFinished } from 'vitest'
import type * as Core from 'use-event-source/core'
import type * as FetchEntryPoint from 'use-event-source/fetch'
import { createStreamingFetch } from './createStreamingFetch.ts'

const url = 'https://example.com/stream'

it('reads a stream, resumes it after the last event id, and closes it', async () => {
  const { core, fetchTransport, timers } = loadBuild()
  const server = createStreamingFetch()
  const transport = fetchTransport({ fetch: server.fetch })
  const connection = core.createConnection(url, {
    transport,
    retry: { initialDelay: 0 },
    heartbeat: 15_000,
    linger: 0,
  })
  const observer = connection.observe({ tick: core.json<number>() })
  const changes = listenTo(observer)

  const first = await server.next()
  expect(first.url).toBe(url)
  expect(first.headers.get('Last-Event-ID')).toBeNull()
  first.send('event: tick\nid: 1\ndata: 10\n\n')
  await changes.until(() => observer.getSnapshot().data.tick === 10)
  expect(connection.getSnapshot().status).toBe('open')

  first.end()
  const second = await server.next()
  expect(second.headers.get('Last-Event-ID')).toBe('1')
  second.send('event: tick\nid: 2\ndata: 20\n\n')
  await changes.until(() => observer.getSnapshot().data.tick === 20)
  // The timer of the heartbeat.
  expect(timers.size).toBe(1)

  connection.close()
  expect(second.signal.aborted).toBe(true)
  await second.cancelled
  expect(connection.getSnapshot()).toMatchObject({ status: 'closed', reason: 'stopped' })
  changes.stop()
  expect(timers.size).toBe(0)
})

it.each(['fetch', 'EventSource'])('fails for good without %s', async (missing) => {
  const { core, fetchTransport } = loadBuild()
  const transport = missing === 'fetch' ? fetchTransport() : core.nativeTransport()
  const connection = core.createConnection(url, { transport })
  const changes = listenTo(connection)
  await changes.until(() => connection.getSnapshot().status === 'closed')
  expect(connection.getSnapshot()).toMatchObject({
    reason: 'failed',
    error: { type: 'unsupported' },
  })
})

it('fails for good with a fetch whose responses do not stream', async () => {
  const { core, fetchTransport } = loadBuild()
  const headers = new Headers({ 'Content-Type': 'text/event-stream' })
  const fetch = async () => ({ ok: true, status: 200, url, headers })
  const connection = core.createConnection(url, { transport: fetchTransport({ fetch }) })
  const changes = listenTo(connection)
  await changes.until(() => connection.getSnapshot().status === 'closed')
  expect(connection.getSnapshot()).toMatchObject({
    reason: 'failed',
    error: { type: 'unsupported' },
  })
})

/** Runs the built `core` and `fetch` entry points with only the globals of React Native. */
function loadBuild() {
  const timers = new Set<unknown>()
  const context = createContext({
    setTimeout(callback: () => void, delay: number) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        callback()
      }, delay)
      timers.add(timer)
      return timer
    },
    clearTimeout(timer: ReturnType<typeof setTimeout>) {
      timers.delete(timer)
      clearTimeout(timer)
    },
    queueMicrotask,
    URL,
    URLSearchParams,
    AbortController,
    Headers,
    TextEncoder,
    TextDecoder,
    navigator: { product: 'ReactNative' },
  })
  // V8 adds a console to every context.
  runInContext('delete globalThis.console', context)
  for (const name of ['console', 'document', 'window', 'EventSource', 'addEventListener', 'fetch'])
    expect(runInContext(`typeof ${name}`, context)).toBe('undefined')

  const load = (entryPoint: string, require: (name: string) => unknown): unknown => {
    const path = join(import.meta.dirname, `../../dist/${entryPoint}.cjs`)
    const module = { exports: {} }
    const run = compileFunction(readFileSync(path, 'utf8'), ['module', 'exports', 'require'], {
      filename: path,
      parsingContext: context,
    })
    run(module, module.exports, require)
    return module.exports
  }
  const core = load('core', (name) => {
    throw new Error(`use-event-source/core requires ${name}.`)
  }) as typeof Core
  const { fetchTransport } = load('fetch', (name) => {
    if (name === 'use-event-source/core') return core
    throw new Error(`use-event-source/fetch requires ${name}.`)
  }) as typeof FetchEntryPoint
  return { core, fetchTransport, timers }
}

function listenTo(store: { subscribe(listener: () => void): () => void }) {
  let onChange: (() => void) | undefined
  const stop = store.subscribe(() => onChange?.())
  onTestFinished(stop)
  return {
    stop,
    /** Waits until a change makes the condition true. */
    async until(condition: () => boolean): Promise<void> {
      while (!condition()) {
        await new Promise<void>((resolve) => {
          onChange = resolve
        })
      }
    },
  }
}
