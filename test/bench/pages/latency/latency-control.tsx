import { runLatency, SetState } from './runLatency.tsx'

// Next to itself: what the others' numbers would be if they were no different from it.
runLatency(SetState)
