import type { TransportSink } from 'use-event-source/core'
import { type FetchResponse, fetchTransport } from 'use-event-source/fetch'
import { createOutbox, type Outbox } from './createOutbox.ts'
import {
  type MessageToPage,
  type MessageToThread,
  type RequestParts,
  type StartMessage,
  toPlainError,
} from './messages.ts'

/** The part of the thread's global scope that is used. */
export interface ThreadScope {
  onmessage: ((message: { data: MessageToThread }) => void) | null
  postMessage(message: MessageToPage, transfer: Transferable[]): void
}

/** Reads the stream that the page asks for, and reports it to the page. The page ends the thread. */
export function serve(scope: ThreadScope): void {
  const outbox = createOutbox((calls, transfer) => scope.postMessage(calls, transfer))
  let onParts: (parts: RequestParts) => void
  scope.onmessage = ({ data }) => {
    if (!data) outbox.acknowledge()
    else if ('request' in data) start(data)
    else onParts(data)
  }

  function start({ request, options }: StartMessage): void {
    let parts: Promise<RequestParts>
    const transport = fetchTransport({
      ...options,
      // The transport calls `headers` first and `body` right after it, so one `needParts` serves both.
      async headers({ error }) {
        parts = new Promise((resolve) => {
          onParts = resolve
        })
        outbox.sendNow(['needParts', error && toPlainError(error)])
        return (await parts).headers as [string, string][]
      },
      body: async () => (await parts).body,
      async fetch(url, init) {
        const { contentType } = await parts
        const headers = new Headers(init.headers)
        if (contentType && !headers.has('Content-Type')) headers.set('Content-Type', contentType)
        return withBackpressure(await fetch(url, { ...init, headers }), outbox)
      },
    })
    transport.open(request, createSink(outbox))
  }
}

function createSink(outbox: Outbox): TransportSink {
  return {
    open: () => outbox.sendNow(['open']),
    event: (event) => outbox.addEvents([event]),
    batch: outbox.batch,
    id: (id) => outbox.add(['id', id]),
    alive: () => outbox.alive(),
    retry: (delay) => outbox.add(['retry', delay]),
    drop: (error) => outbox.sendNow(['drop', toPlainError(error)]),
    fail: (error, final) => outbox.sendNow(['fail', toPlainError(error), final]),
    done: () => outbox.sendNow(['done']),
    end: (error) => outbox.sendNow(['end', toPlainError(error)]),
  }
}

/** Pauses the body while the outbox is full, so that the server has to wait. */
function withBackpressure({ status, url, headers, body }: Response, outbox: Outbox): FetchResponse {
  const throttle = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      await outbox.waitForRoom()
      controller.enqueue(chunk)
    },
  })
  return { status, url, headers, body: body && body.pipeThrough(throttle) }
}
