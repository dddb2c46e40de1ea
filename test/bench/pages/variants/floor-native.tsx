import { runFloor } from './floor.tsx'

runFloor((url, { onData, onArrival }) => {
  new EventSource(url).onmessage = ({ data }: MessageEvent<string>) => {
    onData(data)
    onArrival()
  }
})
