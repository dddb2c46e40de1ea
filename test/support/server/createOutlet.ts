import type { ServerResponse } from 'node:http'
import { pipeline, type Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { constants, createGzip } from 'node:zlib'

/** The way out of one answer. */
export interface Outlet {
  readonly response: ServerResponse
  /** Whether something can be written. */
  readonly isOpen: boolean
  /** Resolves once the answer has ended, or the client has gone. */
  readonly gone: Promise<void>
  /** Writes a chunk, however much is waiting to be sent; resolves once it is with the system. */
  write(chunk: Chunk): Promise<void>
  /** Writes each as a chunk, as fast as the flow control lets it. */
  flood(chunks: Iterable<Chunk>): Promise<void>
  /**
   * Writes each as a chunk that has left a moment before the next one comes. That the client reads
   * them one by one is likely, and no more: what has arrived by the time it looks is read as one.
   */
  trickle(chunks: Iterable<Chunk>): Promise<void>
  /** Ends the answer as HTTP says. */
  end(): void
  /** Resets the connection; what has not left by then is lost. */
  reset(): void
}

export type Chunk = string | Uint8Array

/**
 * The moment between two chunks, in ms. With it Chromium reads 98 of 100 by themselves, on a machine
 * that has time; with no more than a turn of the event loop it was 6 of 100.
 */
const PAUSE = 1

/** @param isPacked - whether the body is packed with gzip; the header that says so is not its affair */
export function createOutlet(response: ServerResponse, isPacked = false): Outlet {
  const target: Writable = isPacked ? packInto(response) : response
  const isOpen = (): boolean => !response.destroyed && !target.writableEnded
  const gone = new Promise<void>((resolve) => {
    if (response.destroyed) resolve()
    else response.once('close', resolve)
  })
  const send = (chunk: Chunk): Promise<void> =>
    Promise.race([gone, new Promise<void>((sent) => target.write(chunk, () => sent()))])
  return {
    response,
    gone,
    get isOpen() {
      return isOpen()
    },
    async write(chunk) {
      // What is packed comes out in its own time: until then it is not with the system.
      if (isPacked) await send(chunk)
      else target.write(chunk)
    },
    async flood(chunks) {
      for (const chunk of chunks) {
        if (!isOpen()) return
        if (target.write(chunk)) continue
        await Promise.race([gone, new Promise((drained) => target.once('drain', drained))])
      }
    },
    async trickle(chunks) {
      for (const chunk of chunks) {
        if (!isOpen()) return
        await send(chunk)
        await setTimeout(PAUSE)
      }
    },
    end: () => void target.end(),
    reset: () => void response.socket?.resetAndDestroy(),
  }
}

function packInto(response: ServerResponse): Writable {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH })
  // When the client goes, the two end each other with an error, which is not one here.
  pipeline(gzip, response, () => {})
  return gzip
}
