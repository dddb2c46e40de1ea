import type { Channel, Decoder } from '../channels/channel.ts'
import { detach } from '../detach.ts'
import { EventSourceError } from '../errors.ts'
import { checkUse } from '../misuse/checkUse.ts'
import type { EventSourceOptions } from '../options.ts'
import { createConnection } from './createConnection.ts'

/** A decoded event of {@link events}. Its `type` is the key of its decoder. */
export type DecodedEvent<D extends Decoders> = {
  [Type in keyof D & string]: {
    readonly type: Type
    readonly data: D[Type] extends Decoder<infer T> ? T : never
    readonly lastEventId: string
  }
}[keyof D & string]

export type Decoders = Readonly<Record<string, Decoder<unknown>>>

export interface EventsOptions extends EventSourceOptions {
  /**
   * Aborting it closes the connection at once, even while the body of the loop runs or awaits. The
   * iteration ends with its next step, without an error. Events that were waiting are discarded.
   */
  signal?: AbortSignal | undefined
  /**
   * How many events may wait for a consumer that is slower than the stream, 1 or more. If another
   * arrives, the connection closes, and the iteration throws an error of type `'overflow'`.
   *
   * @default 10_000
   */
  maxQueue?: number | undefined
}

/**
 * Iterates over the decoded events of a stream, in order and without gaps. The first `next()` opens the
 * connection. The connection closes when the loop is left, when `until` matches or when `signal` is
 * aborted, and reconnects after a loss as usual. An event that cannot be decoded is skipped, and its
 * error is passed to `onError`. To end the iteration from outside, abort `signal`: as with any async
 * generator, `return()` waits for the step in progress.
 *
 * @throws {EventSourceError} if the connection closes as failed, or too many events wait
 * @throws {TypeError} from the first `next()`, if the url does not parse; in development, also if a
 *   decoder or an option is not what it should be
 * @throws {RangeError} from the first `next()` in development, if an option is out of bounds
 */
export async function* events<const D extends Decoders>(
  url: string | URL,
  decoders: D,
  given: EventsOptions = {},
): AsyncGenerator<DecodedEvent<D>, void, undefined> {
  checkUse('decoders', decoders)
  checkUse('options', given, ['signal', 'maxQueue'])
  const { signal, maxQueue = 10_000, ...options } = given
  if (signal?.aborted) return
  const queue: DecodedEvent<D>[] = []
  let failure: EventSourceError | undefined
  let wake = (): void => {}
  let unsubscribe = (): void => {}
  /** Leaves nothing behind, also if the consumer takes no further step. */
  const stop = (): void => {
    signal?.removeEventListener('abort', abort)
    unsubscribe()
    wake()
  }
  const abort = (): void => {
    queue.length = 0
    stop()
  }
  const connection = createConnection(url, { ...options, linger: 0 })
  const channels = Object.entries(decoders).map(([type, decoder]): [string, Channel<never>] => [
    type,
    decoder.forEach((data, { lastEventId }) => {
      if (queue.length < maxQueue) {
        queue.push({ type, data, lastEventId: detach(lastEventId) } as DecodedEvent<D>)
        wake()
      } else {
        failure = overflow(maxQueue)
        connection.close()
        stop()
      }
    }),
  ])
  const observer = connection.observe(Object.fromEntries(channels))
  try {
    signal?.addEventListener('abort', abort)
    unsubscribe = observer.subscribe(() => wake())
    while (!signal?.aborted) {
      const event = queue.shift()
      const state = connection.getSnapshot()
      if (event) yield event
      else if (failure) throw failure
      else if (state.status !== 'closed') {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      } else if (state.reason === 'failed') throw state.error
      else return
    }
  } finally {
    stop()
  }
}

function overflow(maxQueue: number): EventSourceError {
  return new EventSourceError(
    'overflow',
    `More than ${maxQueue} events wait to be consumed: consume them faster, or raise \`maxQueue\``,
  )
}
