import type { Plugin } from 'vite'
import { createLiveServers } from '../stories/servers/liveServers.ts'
import { MOUNT } from '../stories/servers/rooms.ts'

/**
 * Mounts the demo servers in Vite's dev server, both that of Storybook and the one on which Vitest
 * runs the stories. `configureServer` runs before Vite adds its middlewares, so ours come first.
 */
export function liveServers(): Plugin {
  return {
    name: 'live-demo-servers',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use(
        MOUNT,
        createLiveServers((key, state) => server.ws.send('demo-server:state', { key, state })),
      )
    },
  }
}
