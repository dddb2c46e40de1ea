import { once } from 'node:events'
import type { Server } from 'node:http'

// Below the ephemeral ports, so that the system does not give a port away while it is closed.
const LOWEST_PORT = 20_000
const PORTS = 10_000

/** Makes a server listen on a free local port. */
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
