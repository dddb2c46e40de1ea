import { runOurs } from './ours.tsx'

runOurs({})
