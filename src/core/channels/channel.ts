import { getOrCreate } from '../getOrCreate.ts'
import { checkUse } from '../misuse/checkUse.ts'
import type { ServerSentEvent } from '../transport/transport.ts'

/** Turns an event into a value, or into {@link NO_VALUE}. Throws if it cannot. */
export type Decode = (event: ServerSentEvent) => unknown

/** Returned by a decode function for an event without a value, which has no effect on any channel. */
export const NO_VALUE: unknown = {}

/**
 * Says how the events of one name are decoded, and what is kept of them. Immutable. Components on one
 * connection that pass the same channel object share the kept value.
 *
 * Made by {@link json}, {@link text} and {@link decode}. The fields are internal.
 */
export interface Channel<Kept> {
  /** The event's name; `undefined` where the key in the channel map is the name. */
  readonly event: string | undefined
  readonly decode: Decode
  /** Computes the kept value; `undefined` where nothing is kept. */
  readonly fold?: Fold<Kept> | undefined
  /** Only without `fold`: called with each value, once for each subscription. */
  readonly handle?: ((value: unknown, event: ServerSentEvent) => void) | undefined
  /**
   * Names the kind of the channel. If a render replaces a channel by one of equal shape, as it does
   * with each channel that is made inline with a function, the kept value stays.
   */
  readonly shape: string
}

/**
 * Computes the kept value of a channel, one step for each event. A state may be changed in place, but a
 * result never, because observers hold it.
 */
export interface Fold<Kept, State = unknown> {
  /** The kept value before the first event. Default: `undefined`. */
  readonly initial?: Kept
  /** Converts a kept value to the state that continues from it. Default: the value is the state. */
  init?(kept: Kept): State
  /** Adds the value of one event, and returns the state. */
  step(state: State, value: unknown): State
  /** Converts the state to the kept value, once for each publish. Default: the state itself. */
  result?(state: State): Kept
}

/**
 * Decodes the events of one name. Used as it is, a decoder is a channel that keeps the latest value. Its
 * methods return channels that keep something else.
 */
export interface Decoder<T> extends Channel<T | undefined> {
  /**
   * Decodes the event called `name`, whatever the key, so that several keys can use one event. Returns
   * the same decoder for the same name. Only the thousand names used last are remembered: another one
   * gets a new decoder, which keeps its own value.
   */
  from(name: string): Decoder<T>
  /**
   * Keeps the last `count` values, oldest first. `count` is 1 or more. Another `count` starts over.
   *
   * @throws {TypeError} in development, if `count` is not a number
   * @throws {RangeError} in development, if `count` is less than 1. Production keeps 1 value then
   */
  last(count: number): Channel<readonly T[]>
  /** Keeps the latest value for each key, in the order in which the keys first appeared. */
  latestBy<K>(key: (value: T) => K): Channel<ReadonlyMap<K, T>>
  /**
   * Keeps the result of calling `reducer` with each value. As with React's reducers, `reducer` must
   * return a new value and must not change its first argument.
   */
  reduce<A>(reducer: (kept: A, value: T) => A, initial: A): Channel<A>
  /**
   * Keeps nothing, and calls `handler` with each value as it arrives, without a re-render. Each
   * component that passes the channel gets its own call. An exception is passed to `reportError`, and
   * affects no other handler.
   */
  forEach(handler: (value: T, event: ServerSentEvent) => void): Channel<never>
}

/** The channels of a component, by event name, or by any key where a channel has `.from(name)`. */
export type Channels = Readonly<Record<string, Channel<unknown>>>

/** The kept values, by the keys of their channels. Channels that keep nothing are left out. */
export type Data<C extends Channels> = {
  readonly [Key in keyof C as KeptBy<C[Key]> extends never ? never : Key]: KeptBy<C[Key]>
}

type KeptBy<C> = C extends Channel<infer Kept> ? Kept : never

/** @param shape - the decoder's part of {@link Channel.shape} */
export function createDecoder<T>(shape: string, decode: Decode, event?: string): Decoder<T> {
  // One channel for each name and count: an inline `.last(5)` is the same object in every render.
  const cache = new Map<string | number, unknown>()
  const channel = <Kept>(
    kind: string,
    fold: Channel<Kept>['fold'],
    handle?: Channel<Kept>['handle'],
  ): Channel<Kept> => ({ event, decode, fold, handle, shape: `${shape} ${kind}` })
  return {
    ...channel<T | undefined>('latest', latestFold as Fold<T | undefined>),
    from(name) {
      checkUse('name', name)
      const decoder = cache.get(name) ?? createDecoder<T>(shape, decode, name)
      // Moves the name to the end of the map. A full map forgets the name that was used least recently,
      // because names may be dynamic.
      cache.delete(name)
      cache.set(name, decoder)
      if (cache.size > MAX_NAMES) cache.delete(cache.keys().next().value as string)
      return decoder as Decoder<T>
    },
    last: (count) =>
      getOrCreate(cache, count, () => channel(`last ${count}`, lastFold<T>(count))) as Channel<
        readonly T[]
      >,
    latestBy: (key) => channel('latestBy', latestByFold(key)),
    reduce(reducer, initial) {
      checkUse('function', 'reduce', reducer)
      return channel('reduce', { initial, step: reducer } as Fold<never>)
    },
    forEach(handler) {
      checkUse('function', 'forEach', handler)
      return channel('forEach', undefined, handler as Channel<never>['handle'])
    },
  }
}

/** How many names a decoder remembers. Counts share the map, but only `from` forgets. */
const MAX_NAMES = 1_000

const latestFold: Fold<unknown> = { step: (_, value) => value }
const EMPTY_LIST: readonly never[] = []
const EMPTY_MAP: ReadonlyMap<never, never> = /*#__PURE__*/ new Map<never, never>()

/** The list grows to twice the count before it is cut, so that an event costs the same for any count. */
function lastFold<T>(rawCount: number): Fold<readonly T[], T[]> {
  checkUse('count', rawCount)
  // With 0 or NaN, the list would grow without a bound.
  const count = rawCount >= 1 ? Math.trunc(rawCount) : 1
  return {
    initial: EMPTY_LIST,
    init: (kept) => [...kept],
    step(list, value) {
      if (list.push(value as T) > 2 * count) list.splice(0, count)
      return list
    },
    result: (list) => list.slice(-count),
  }
}

function latestByFold<K, T>(key: (value: T) => K): Fold<ReadonlyMap<K, T>, Map<K, T>> {
  checkUse('function', 'latestBy', key)
  return {
    initial: EMPTY_MAP as ReadonlyMap<never, never> as ReadonlyMap<K, T>,
    init: (kept) => new Map(kept),
    step: (map, value) => map.set(key(value as T), value as T),
    result: (map) => new Map(map),
  }
}
