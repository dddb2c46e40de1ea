import { useEffect } from 'react'
import type { Observe } from '../createObserver.ts'
import type { Trade } from '../trades.ts'

/** Observes the events of a hook that returns only the latest one, so batched events are missed. */
export function useLatest(trade: Trade | null | undefined, onTrade: Observe): void {
  useEffect(() => {
    if (trade) onTrade(trade)
  }, [trade, onTrade])
}
