import { runWebsocket } from './websocket.tsx'

runWebsocket(false)
