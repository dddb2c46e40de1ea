import { createConnection, text } from 'use-event-source/core'
import { workerTransport } from 'use-event-source/worker'
import { expect, it, onTestFinished } from 'vitest'
import type { Step } from '../../support/server/script.ts'
import { createLog } from '../support/createLog.ts'
import { openStream } from '../support/openStream.ts'

const PIECES = 600
const LENGTH = 2 ** 16

it('holds the server back while the page takes nothing, and loses nothing', async () => {
  const { release, restore } = holdWorkers()
  const held = await follow()
  await held.stream.until({ requests: 1, open: 1 })
  // By the time that one which came later is done with as much.
  restore()
  const other = await follow()
  await other.stream.until({ requests: 1, open: 0 })
  expect(await held.stream.log()).toMatchObject({ requests: [{}], open: 1 })
  expect(held.lengths.entries).toEqual([])

  release()
  await held.stream.until({ open: 0 })
  await held.lengths.until(() => held.lengths.entries.length === PIECES)
  expect(new Set(held.lengths.entries)).toEqual(new Set([LENGTH]))
})

/** Keeps workers from hearing that a message has arrived, as if the page were busy all the time. */
function holdWorkers() {
  const { Worker } = globalThis
  const late: (() => void)[] = []
  let isHeld = true
  globalThis.Worker = class extends Worker {
    override postMessage(message: unknown): void {
      const post = (): void => super.postMessage(message)
      if (isHeld && message === null) late.push(post)
      else post()
    }
  }
  const restore = (): void => {
    globalThis.Worker = Worker
  }
  onTestFinished(restore)
  return {
    /** Workers that are made from now on are not held. */
    restore,
    /** Those that are hear of all messages now. */
    release() {
      isHeld = false
      for (const post of late) post()
    },
  }
}

/** Follows a stream of some 40 MB, which then ends. */
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
