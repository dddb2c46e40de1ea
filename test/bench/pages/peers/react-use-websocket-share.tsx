import { runWebsocket } from './websocket.tsx'

runWebsocket(true)
