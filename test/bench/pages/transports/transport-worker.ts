import { workerTransport } from 'use-event-source/worker'
import { runOurs } from './ours.ts'

runOurs(workerTransport())
