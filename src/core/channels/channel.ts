import { checkNumber } from '../checkNumber.ts'
import { getOrCreate } from '../getOrCreate.ts'
import type { ServerSentEvent } from '../transport/transport.ts'

/** Turns an event into a value; it throws where it can't. */
export type Decode = (event: ServerSentEvent) => unknown

/**
 * How an event is decoded, and what is kept of it. Immutable, and a key: components under one
 * connection that pass the same channel share what it keeps.
 *
 * Made by {@link json}, {@link text} and {@link decode}; its fields are for this library to read.
 */
export interface Channel<Kept> {
  /** The name of its event; `undefined`: the key that it stands under. */
  readonly event: string | undefined
  readonly decode: Decode
  readonly keep: Keep<Kept>
  /**
   * Says which channels can take each other's place: those that differ in functions alone, as one
   * does that is written inline from one render to the next. What is kept then stays.
   */
  readonly shape: string
}

/**
 * What is kept of the values of a channel. What is handed out is a value of its own, never changed
 * afterwards; between two flushes it is added to `state`, which may be changed in place.
 */
export interface Keep<Kept, State = unknown> {
  /** What there is before the first event; left out: `undefined`. */
  readonly initial?: Kept
  /** The state that goes on from what was handed out, or over. Left out: that itself. */
  begin?(kept: Kept): State
  /** Adds a value, once for each event, and returns the state. Left out: nothing is kept. */
  add?(state: State, value: unknown): State
  /** What is handed out, once for each flush. Left out: the state. */
  publish?(state: State): Kept
  /** Called for each value, once for each subscriber, where nothing is kept. */
  handle?(value: unknown, event: ServerSentEvent): void
}

/** A channel that keeps the latest value, and makes those that keep something else. */
export interface Decoder<T> extends Channel<T | undefined> {
  /** The same for the event called `name`, whatever key it stands under: one event can feed several. */
  from(name: string): Decoder<T>
  /**
   * Keeps the last `count` values, oldest first. `count` is 1 or more; another count is another
   * channel, and starts afresh.
   *
   * @throws {RangeError} when it is not
   */
  last(count: number): Channel<readonly T[]>
  /** Keeps the latest value for each key, in the order in which the keys first came. */
  latestBy<K>(key: (value: T) => K): Channel<ReadonlyMap<K, T>>
  /**
   * Keeps what `reducer` makes of all values so far. It must return a new value rather than change
   * `kept` in place, as React's reducers must.
   */
  reduce<A>(reducer: (kept: A, value: T) => A, initial: A): Channel<A>
  /**
   * Keeps nothing: calls `handler` for each value as it arrives, and never re-renders for one. Where
   * several components pass it, it is called for each of them. An exception in it is reported by
   * `reportError`, and harms nobody else.
   */
  forEach(handler: (value: T, event: ServerSentEvent) => void): Channel<never>
}

/** The channels of a stream, by event name, or by any key where a channel says `.from(name)`. */
export type Channels = Readonly<Record<string, Channel<unknown>>>

/** What the channels keep, by their keys; those that keep nothing are left out. */
export type Data<C extends Channels> = {
  readonly [Key in keyof C as KeptBy<C[Key]> extends never ? never : Key]: KeptBy<C[Key]>
}

type KeptBy<C> = C extends Channel<infer Kept> ? Kept : never

/** Makes a decoder; `shape` names how it decodes, for {@link Channel.shape}. */
export function createDecoder<T>(shape: string, decode: Decode, event?: string): Decoder<T> {
  // Made once for each name and length: written inline, it is still one channel, and shared.
  const made = new Map<string | number, unknown>()
  const channel = <Kept>(kind: string, keep: Keep<Kept>): Channel<Kept> => ({
    event,
    decode,
    keep,
    shape: `${shape} ${kind}`,
  })
  return {
    ...channel<T | undefined>('latest', LATEST as Keep<T | undefined>),
    from: (name) =>
      getOrCreate(made, name, () => createDecoder<T>(shape, decode, name)) as Decoder<T>,
    last: (count) =>
      getOrCreate(made, count, () => channel(`last ${count}`, keepLast<T>(count))) as Channel<
        readonly T[]
      >,
    latestBy: (key) => channel('latestBy', keepLatestBy(key)),
    reduce: (reducer, initial) =>
      channel('reduce', { initial, add: (kept, value) => reducer(kept as never, value as T) }),
    forEach: (handler) =>
      channel<never>('forEach', {
        handle: handler as (value: unknown, event: ServerSentEvent) => void,
      }),
  }
}

const LATEST: Keep<unknown> = { add: (_, value) => value }
const EMPTY_LIST: readonly never[] = []
const EMPTY_MAP: ReadonlyMap<never, never> = /*#__PURE__*/ new Map<never, never>()

/** A ring: once `list` is full, the oldest of it is at `next`, and makes room. */
interface Ring<T> {
  readonly list: T[]
  next: number
}

function keepLast<T>(given: number): Keep<readonly T[], Ring<T>> {
  checkNumber('count', given, 1)
  const count = Math.trunc(given)
  return {
    initial: EMPTY_LIST,
    begin: (kept) => ({ list: kept.slice(-count), next: 0 }),
    add(ring, value) {
      if (ring.list.length < count) ring.list.push(value as T)
      else {
        ring.list[ring.next] = value as T
        if (++ring.next === count) ring.next = 0
      }
      return ring
    },
    publish: ({ list, next }) => [...list.slice(next), ...list.slice(0, next)],
  }
}

function keepLatestBy<K, T>(key: (value: T) => K): Keep<ReadonlyMap<K, T>, Fold<K, T>> {
  return {
    initial: EMPTY_MAP as ReadonlyMap<never, never> as ReadonlyMap<K, T>,
    begin: (kept) => ({ map: kept as Map<K, T>, isHandedOut: true }),
    add(fold, value) {
      const k = key(value as T)
      if (fold.isHandedOut) fold.map = new Map(fold.map)
      fold.isHandedOut = false
      fold.map.set(k, value as T)
      return fold
    },
    publish(fold) {
      fold.isHandedOut = true
      return fold.map
    },
  }
}

interface Fold<K, T> {
  map: Map<K, T>
  isHandedOut: boolean
}
