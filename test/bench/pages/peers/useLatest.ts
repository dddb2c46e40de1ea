import { useEffect } from 'react'
import type { Observe } from '../createObserver.ts'
import type { Trade } from '../trades.ts'

/** All that can be seen of the events where a hook returns the latest alone. */
export function useLatest(trade: Trade | null | undefined, onTrade: Observe): void {
  useEffect(() => {
    if (trade) onTrade(trade)
  }, [trade, onTrade])
}
