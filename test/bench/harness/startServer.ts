import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { StreamShape } from '../contract.ts'

export interface BenchServer {
  readonly origin: string
  /** The url of a stream whose requests are counted under the name of a run. */
  streamUrl(run: string, shape: StreamShape): string
  /** How many bytes a flood has; it is made at that, and waits for those who ask for it. */
  prepare(shape: StreamShape): Promise<number>
  /** How often a stream was asked for in a run, and how many are open now. */
  look(run: string): Promise<{ requests: number; open: number }>
  close(): void
}

/** Starts the server in a process of its own; `folder` holds it and the pages, as built. */
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
