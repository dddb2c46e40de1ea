import { checkNumbers } from '../checkNumbers.ts'
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

/** What is kept of the values of a channel. */
export interface Keep<Kept> {
  /** What there is before the first event; left out: `undefined`. */
  readonly initial?: Kept
  /**
   * Adds a value to what is kept and returns the result. `kept` may be changed in place, unless it is
   * the one that was `published`: that has been handed out.
   */
  add?(kept: Kept, value: unknown, published: Kept): Kept
  /** What is handed out; what is kept goes on from there. Left out: as it is. */
  publish?(kept: Kept): Kept
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
      channel('reduce', { initial, add: (kept, value) => reducer(kept, value as T) }),
    forEach: (handler) =>
      channel<never>('forEach', {
        handle: handler as (value: unknown, event: ServerSentEvent) => void,
      }),
  }
}

const LATEST: Keep<unknown> = { add: (_, value) => value }
const EMPTY_LIST: readonly never[] = []
const EMPTY_MAP: ReadonlyMap<never, never> = /*#__PURE__*/ new Map<never, never>()

function keepLast<T>(count: number): Keep<readonly T[]> {
  checkNumbers({ count }, 1)
  return {
    initial: EMPTY_LIST,
    add(kept, value, published) {
      const list = (kept === published ? [...kept] : kept) as T[]
      list.push(value as T)
      // Cut at twice the length, not at each event: a burst costs no copy for each.
      return list.length < 2 * count ? list : list.slice(-count)
    },
    publish: (kept) => (kept.length > count ? kept.slice(-count) : kept),
  }
}

function keepLatestBy<K, T>(key: (value: T) => K): Keep<ReadonlyMap<K, T>> {
  return {
    initial: EMPTY_MAP as ReadonlyMap<never, never> as ReadonlyMap<K, T>,
    add(kept, value, published) {
      const map = (kept === published ? new Map(kept) : kept) as Map<K, T>
      return map.set(key(value as T), value as T)
    },
  }
}
