import { nativeTransport } from 'use-event-source/core'
import { runOurs } from './runOurs.tsx'

runOurs(nativeTransport())
