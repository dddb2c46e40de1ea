import { readByFetch } from '../variants/readByFetch.ts'
import { runTransport } from './runTransport.ts'

runTransport((url, count) => void readByFetch(url, () => count(1)))
