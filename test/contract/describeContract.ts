import { endLinger } from 'use-event-source/core'
import { beforeEach, describe } from 'vitest'
import { closing } from './behaviours/closing.ts'
import { components } from './behaviours/components.tsx'
import { events } from './behaviours/events.ts'
import { liveness } from './behaviours/liveness.ts'
import { losing } from './behaviours/losing.ts'
import { opening } from './behaviours/opening.ts'
import { refusals } from './behaviours/refusals.ts'
import { resuming } from './behaviours/resuming.ts'
import { retrying } from './behaviours/retrying.ts'
import type { Contract } from './contract.ts'

/** The list of behaviours that hold on every transport, but for what its traits say. */
const behaviours: readonly ((contract: Contract) => void)[] = [
  opening,
  events,
  closing,
  losing,
  resuming,
  refusals,
  retrying,
  liveness,
  components,
]

export function describeContract(contract: Contract): void {
  describe(`${contract.name}`, () => {
    // The last thing in a test: what lingers would go on asking a server that is gone.
    beforeEach(({ onTestFinished }) => onTestFinished(endLinger))
    for (const behaviour of behaviours) behaviour(contract)
  })
}
