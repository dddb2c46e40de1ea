import { fetchTransport } from 'use-event-source/fetch'
import { runOurs } from './runOurs.tsx'

runOurs(fetchTransport())
