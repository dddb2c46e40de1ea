import { fetchTransport } from 'use-event-source/fetch'
import { runOurs } from './ours.tsx'

runOurs({ transport: fetchTransport() })
