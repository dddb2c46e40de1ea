import type { TransportSink } from 'use-event-source/core'
import { type FetchResponse, fetchTransport } from 'use-event-source/fetch'
import { createOutbox, type Outbox } from './createOutbox.ts'
import { type Order, type OwnParts, toPlainError, type ToPage, type ToThread } from './messages.ts'

/** As much of the thread's global scope as is needed. */
export interface Scope {
  onmessage: ((message: { data: ToThread }) => void) | null
  postMessage(message: ToPage, transfer: Transferable[]): void
}

/** Reads the stream that the page orders, and tells the page what comes. The page ends the thread. */
export function serve(scope: Scope): void {
  const outbox = createOutbox((calls, transfer) => scope.postMessage(calls, transfer))
  let onOwn: (own: OwnParts) => void
  scope.onmessage = ({ data }) => {
    if (!data) outbox.arrived()
    else if ('request' in data) read(data)
    else onOwn(data)
  }

  function read({ request, options }: Order): void {
    let own: Promise<OwnParts>
    const transport = fetchTransport({
      ...options,
      // Both are asked for at once, the headers first.
      async headers({ error }) {
        own = new Promise((resolve) => {
          onOwn = resolve
        })
        outbox.urge(['ask', error && toPlainError(error)])
        return (await own).headers
      },
      body: async () => (await own).body,
      async fetch(url, init) {
        const { contentType } = await own
        const headers = new Headers(init.headers)
        if (contentType && !headers.has('Content-Type')) headers.set('Content-Type', contentType)
        return hold(await fetch(url, { ...init, headers }), outbox)
      },
    })
    transport.open(request, createSink(outbox))
  }
}

function createSink(outbox: Outbox): TransportSink {
  return {
    open: () => outbox.urge(['open']),
    event: (event) => outbox.events([event]),
    batch: outbox.batch,
    id: (id) => outbox.add(['id', id]),
    alive: () => outbox.alive(),
    retry: (delay) => outbox.add(['retry', delay]),
    drop: (error) => outbox.urge(['drop', toPlainError(error)]),
    fail: (error, final) => outbox.urge(['fail', toPlainError(error), final]),
    done: (ended) => outbox.urge(['done', ended && toPlainError(ended)]),
  }
}

/** The answer, with a body that is read no further than there is room: the network holds the rest. */
function hold({ status, url, headers, body }: Response, outbox: Outbox): FetchResponse {
  const held = new TransformStream<Uint8Array, Uint8Array>({
    async transform(piece, controller) {
      await outbox.room()
      controller.enqueue(piece)
    },
  })
  return { status, url, headers, body: body && body.pipeThrough(held) }
}
