import { workerTransport } from 'use-event-source/worker'
import { runOurs } from './runOurs.tsx'

runOurs(workerTransport())
