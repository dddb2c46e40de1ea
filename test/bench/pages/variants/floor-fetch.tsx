import { runFloor } from './floor.tsx'
import { readByFetch } from './readByFetch.ts'

runFloor((url, { onData, onArrival }) => void readByFetch(url, onData, onArrival))
