import { once } from 'node:events'
import type { Server } from 'node:http'

// Below those that a system hands out by itself, so that nobody takes a port while it is closed.
const LOWEST_PORT = 20_000
const PORTS = 10_000

/** Lets a server listen on a port of this machine that is free. */
export async function listenOnFreePort(server: Server): Promise<void> {
  for (;;) {
    server.listen(LOWEST_PORT + Math.floor(Math.random() * PORTS), '127.0.0.1')
    try {
      await once(server, 'listening')
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}
