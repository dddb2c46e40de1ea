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

/** The behaviours that every transport has, apart from the differences that its traits declare. */
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
    // Registered first to run last: a lingering connection would still request a closed server.
    beforeEach(({ onTestFinished }) => onTestFinished(endLinger))
    for (const behaviour of behaviours) behaviour(contract)
  })
}
