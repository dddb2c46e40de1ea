import { nativeTransport } from 'use-event-source/core'
import { runOurs } from './ours.ts'

runOurs(nativeTransport())
