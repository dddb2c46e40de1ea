/** The library over each of its transports. */
export const OURS: readonly string[] = ['ours-native', 'ours-fetch', 'ours-worker']

/** What can be written by hand. */
export const FLOORS: readonly string[] = ['floor-native', 'floor-fetch', 'floor-worker']

export const OURS_AND_FLOORS: readonly string[] = [...FLOORS, ...OURS]

/** Others' hooks, and what tutorials write. */
export const PEERS: readonly string[] = [
  'naive-list',
  'naive-latest',
  'react-use-websocket',
  'react-use-websocket-share',
  'react-hooks-sse',
  'react-hooks-sse-reducer',
  'react-nano',
  'react-eventsource',
  'reactuses-core',
]
