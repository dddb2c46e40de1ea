import { createConnection, text } from 'use-event-source/core'
import { workerTransport } from 'use-event-source/worker'
import { expect, it, onTestFinished } from 'vitest'
import type { Step } from '../../support/server/script.ts'
import { createLog } from '../support/createLog.ts'
import { openStream } from '../support/openStream.ts'

const PIECES = 600
const LENGTH = 2 ** 16

it('slows the server down while the page is busy, and loses no event', async () => {
  const { release, restore } = blockWorkers()
  const blocked = await follow()
  await blocked.stream.until({ requests: 1, open: 1 })
  // A later stream of the same size finishes while the first one stays blocked.
  restore()
  const other = await follow()
  await other.stream.until({ requests: 1, open: 0 })
  expect(await blocked.stream.log()).toMatchObject({ requests: [{}], open: 1 })
  expect(blocked.lengths.entries).toEqual([])

  release()
  await blocked.stream.until({ open: 0 })
  await blocked.lengths.until(() => blocked.lengths.entries.length === PIECES)
  expect(new Set(blocked.lengths.entries)).toEqual(new Set([LENGTH]))
})

/** Delays the acknowledgements to workers, as if the page were busy all the time. */
function blockWorkers() {
  const { Worker } = globalThis
  const delayed: (() => void)[] = []
  let isBlocked = true
  globalThis.Worker = class extends Worker {
    override postMessage(message: unknown): void {
      const post = (): void => super.postMessage(message)
      if (isBlocked && message === null) delayed.push(post)
      else post()
    }
  }
  const restore = (): void => {
    globalThis.Worker = Worker
  }
  onTestFinished(restore)
  return {
    /** Stops the delay for workers that are created from now on. */
    restore,
    /** Sends all delayed acknowledgements. */
    release() {
      isBlocked = false
      for (const post of delayed) post()
    },
  }
}

/** Follows a stream of about 40 MB, which then ends. */
async function follow() {
  const repeat: Step = { repeat: `data: ${'x'.repeat(LENGTH)}\n\n`, times: PIECES }
  const stream = await openStream({ body: [repeat, 'end'] })
  const lengths = createLog<number>()
  const connection = createConnection(stream.url, {
    transport: workerTransport(),
    retry: false,
    linger: 0,
  })
  const message = text().forEach((data) => lengths.add(data.length))
  onTestFinished(connection.observe({ message }).subscribe(() => {}))
  return { stream, lengths }
}
