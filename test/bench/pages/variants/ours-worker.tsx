import { workerTransport } from 'use-event-source/worker'
import { runOurs } from './ours.tsx'

runOurs({ transport: workerTransport() })
