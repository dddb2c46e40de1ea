/** The library over each of its transports. */
export const OURS: readonly string[] = ['ours-native', 'ours-fetch', 'ours-worker']

/** Minimal handwritten code. */
export const FLOORS: readonly string[] = ['floor-native', 'floor-fetch', 'floor-worker']

export const OURS_AND_FLOORS: readonly string[] = [...FLOORS, ...OURS]

/** The hooks of other libraries, and the code of tutorials. */
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
