import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { StreamShape } from '../contract.ts'

export interface BenchServer {
  readonly origin: string
  /** Returns the url of a stream whose requests are counted for this run. */
  streamUrl(run: string, shape: StreamShape): string
  /** Creates a flood in advance. Resolves to its size in bytes; 0 for a paced stream. */
  prepare(shape: StreamShape): Promise<number>
  /** Resolves to the number of stream requests in a run, and of those still open. */
  look(run: string): Promise<{ requests: number; open: number }>
  close(): void
}

/** Starts the server in its own process; `folder` contains the built server and pages. */
export async function startServer(folder: string): Promise<BenchServer> {
  const child = fork(`${folder}/server.mjs`, [folder], { execArgv: [] })
  const [port] = (await once(child, 'message')) as [number]
  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    streamUrl: (run, shape) => `${origin}/stream?${queryOf(shape)}&run=${run}`,
    async prepare(shape) {
      return Number(await (await fetch(`${origin}/bytes?${queryOf(shape)}`)).text())
    },
    async look(run) {
      const answer = await fetch(`${origin}/run?run=${run}`)
      return (await answer.json()) as { requests: number; open: number }
    },
    close: () => child.disconnect(),
  }
}

function queryOf(shape: StreamShape): string {
  const entries = Object.entries(shape).map(([name, value]) => [name, String(value)])
  return String(new URLSearchParams(entries))
}
