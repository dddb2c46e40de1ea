import { runTransport } from './runTransport.ts'

runTransport((url, count) => {
  new EventSource(url).onmessage = () => count(1)
})
