import { fetchTransport } from 'use-event-source/fetch'
import { runOurs } from './ours.ts'

runOurs(fetchTransport())
