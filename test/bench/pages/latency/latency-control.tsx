import { runLatency, SetState } from './runLatency.tsx'

// The control compares `setState` with itself, which shows the numbers of two equal variants.
runLatency(SetState)
