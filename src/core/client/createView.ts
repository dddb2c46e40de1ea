import type { Channel, Channels } from '../channels/channel.ts'
import type { Holder, Keeper } from '../channels/createStore.ts'
import type { ConnectionState } from '../connection/state.ts'
import type { EventSourceError } from '../errors.ts'
import type { EventSourceOptions } from '../options.ts'
import type { SharedConnection } from './createSharedConnection.ts'

/** What a subscriber sees of a stream: its state, and what its channels keep. */
export type EventSourceResult<Kept> = ConnectionState & {
  /** What each channel keeps. It is the same object while nothing in it has changed. */
  readonly data: Kept
  /**
   * Opens the connection at once and anew, after the last event id, whatever it is doing, for all who
   * share it. It does nothing while there is no connection.
   */
  readonly reconnect: () => void
  /** Closes the connection until `reconnect()`, for all who share it, those who join later too. */
  readonly close: () => void
}

/** Makes of the data what a subscriber needs. */
export interface Selection<Kept, Selected> {
  /** The subscriber is told when what it returns has changed. It must be pure. */
  select?: ((data: Kept) => Selected) | undefined
  /**
   * Whether what was selected is still the same; what was selected first is then kept.
   *
   * @default Object.is
   */
  isEqual?: ((a: Selected, b: Selected) => boolean) | undefined
}

export type AnySelection = Selection<object, unknown> & Pick<EventSourceOptions, 'initial'>

/**
 * Says what these channels and this selection show of a connection; without one, what they show while
 * there is none. While nothing in it has changed, it is the same object.
 */
export type View = (
  next: Channels,
  selection?: AnySelection,
  from?: SharedConnection,
) => EventSourceResult<unknown> | undefined

/**
 * @param holders - those of the channels that are rendered, by their keys
 * @param unopened - what the stream does while there is no connection
 * @param handedOver - what was handed over for a key: by this selection, or else
 */
export function createView(
  holders: ReadonlyMap<string, Holder>,
  unopened: ConnectionState,
  handedOver: (key: string, initial: AnySelection['initial']) => unknown,
  actions: Pick<EventSourceResult<unknown>, 'reconnect' | 'close'>,
): View {
  // What was seen last, and of what: while that is the same, so is the result.
  let lastNext: Channels | undefined
  let lastSelection: AnySelection | undefined
  let lastFrom: SharedConnection | undefined
  let lastVersion: number | undefined
  let lastState: ConnectionState | undefined
  let lastError: EventSourceError | null | undefined
  let lastAll: Readonly<Record<string, unknown>> = {}
  /** How many there are of them. */
  let lastSize = 0
  // A selector that nobody can give, so that the first look sees everything anew.
  let lastSelect: unknown = null
  let lastData: unknown
  let lastResult: EventSourceResult<unknown> | undefined

  return (next, selection = {}, from) => {
    const { select, isEqual = Object.is } = selection
    const state = from?.getState() ?? unopened
    const version = from?.store.version()
    const isKnown = next === lastNext && selection === lastSelection && from === lastFrom
    if (isKnown && version === lastVersion) return lastResult
    let size = 0
    let isSame = true
    let error = state.error
    let turn = -1
    for (const key of Object.keys(next)) {
      const keeper = keeperOf(next, key, from)
      if (next[key]?.keep.add) {
        size++
        const value = valueOf(next, key, selection, keeper)
        isSame &&= key in lastAll && Object.is(value, lastAll[key])
      }
      // The last event that could not be read; the connection's own error comes first.
      if (!state.error && keeper?.error && keeper.turn > turn) ({ error, turn } = keeper)
    }
    const all = isSame && size === lastSize ? lastAll : collect(next, selection, from)
    const isSelected = all === lastAll && select === lastSelect
    let data = isSelected ? lastData : select ? select(all) : all
    if (lastResult && isEqual(lastData, data)) data = lastData
    const isSeen = state === lastState && error === lastError && Object.is(data, lastData)
    if (!isSeen) {
      const { status, attempt, retryAt, reason } = state
      const { reconnect, close } = actions
      const seen = { status, attempt, retryAt, reason, error, data, reconnect, close }
      lastResult = seen as EventSourceResult<unknown>
    }
    lastNext = next
    lastSelection = selection
    lastFrom = from
    lastVersion = version
    lastState = state
    lastError = error
    lastAll = all
    lastSize = size
    lastSelect = select
    lastData = data
    return lastResult
  }

  /** What the channels keep, by their keys. */
  function collect(
    next: Channels,
    selection: AnySelection,
    from?: SharedConnection,
  ): Readonly<Record<string, unknown>> {
    let all: Readonly<Record<string, unknown>> = {}
    for (const key of Object.keys(next)) {
      if (!next[key]?.keep.add) continue
      // Not by assignment, which would take a key "__proto__" for something else.
      all = { ...all, [key]: valueOf(next, key, selection, keeperOf(next, key, from)) }
    }
    return all
  }

  function keeperOf(next: Channels, key: string, from?: SharedConnection): Keeper | undefined {
    const channel = next[key] as Channel<unknown>
    return from?.store.peek(channel.event ?? key, channel, holders.get(key))
  }

  function valueOf(next: Channels, key: string, selection: AnySelection, keeper?: Keeper): unknown {
    if (keeper?.isBegun) return keeper.value
    const initial = handedOver(key, selection.initial)
    return initial === undefined ? next[key]?.keep.initial : initial
  }
}
