import type { ServerSentEvent } from 'use-event-source/core'
import type { Call, MessageToPage } from './messages.ts'
import { pack } from './pack.ts'

/** The pause between two messages, in ms: a frame. */
const FRAME_TIME = 16
/** The most text in one message, in characters: more would keep the page busy for longer than a frame. */
const MAX_MESSAGE_SIZE = 2 ** 20
/** The most text that is queued for the page, in characters. At this size, reading pauses. */
const MAX_QUEUE_SIZE = 2 ** 22
/** The size of a call or an event besides its text, in characters. */
const OVERHEAD = 32

const ALIVE: Call = ['alive']

/**
 * Queues calls for the page and posts them in order. Posts at most one message a frame, and only after
 * the page has received the one before.
 */
export interface Outbox {
  /** Queues events for the next message. */
  addEvents(events: readonly ServerSentEvent[]): void
  /** Queues a call for the next message. */
  add(call: Call): void
  /**
   * Calls `dispatch`. Everything that it queues waits until it returns, and so shares a message. Queues
   * `alive` if nothing else is queued then.
   */
  batch(dispatch: () => void): void
  /** Posts everything that is queued, and then this call, at once. */
  sendNow(call: Call): void
  /** Queues `alive`, unless something is queued already, which shows activity as well. */
  alive(): void
  /** The page has received a message. */
  acknowledge(): void
  /** Resolves once the queue has room. Returns nothing if it has room now. */
  waitForRoom(): Promise<void> | void
}

export function createOutbox(
  post: (calls: MessageToPage, transfer: Transferable[]) => void,
): Outbox {
  const queue: (Call | ServerSentEvent[])[] = []
  let queueSize = 0
  /** How many messages the page has not received yet. */
  let inFlight = 0
  let lastSentAt = -Infinity
  /** When the last message with events was sent. */
  let eventsSentAt = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined
  let onRoom: (() => void) | undefined
  let isBatch = false

  return {
    addEvents(events) {
      let last = queue.at(-1)
      if (!isEvents(last)) queue.push((last = []))
      for (const event of events) {
        last.push(event)
        queueSize += sizeOf(event)
      }
      schedule()
    },
    add,
    batch(dispatch) {
      isBatch = true
      dispatch()
      if (queue.length === 0) add(ALIVE)
      isBatch = false
      schedule()
    },
    sendNow(call) {
      queue.push(call)
      queueSize += OVERHEAD
      while (queue.length > 0) send()
    },
    alive() {
      if (queue.length === 0) add(ALIVE)
    },
    acknowledge() {
      inFlight--
      schedule()
    },
    waitForRoom() {
      if (queueSize < MAX_QUEUE_SIZE) return
      return new Promise((resolve) => {
        onRoom = resolve
      })
    },
  }

  function add(call: Call): void {
    queue.push(call)
    queueSize += OVERHEAD
    schedule()
  }

  function schedule(): void {
    if (isBatch || inFlight > 0 || queue.length === 0) return
    const previous = queue.at(-1) === ALIVE ? lastSentAt : eventsSentAt
    const delay = queueSize < MAX_MESSAGE_SIZE ? previous + FRAME_TIME - performance.now() : 0
    clearTimeout(timer)
    if (delay <= 0) send()
    else timer = setTimeout(send, delay)
  }

  function send(): void {
    clearTimeout(timer)
    timer = undefined
    const calls: Call[] = []
    const transfer: Transferable[] = []
    const sizeAfter = queueSize - MAX_MESSAGE_SIZE
    while (queue.length > 0 && queueSize > sizeAfter) {
      const [first] = queue as [Call | ServerSentEvent[]]
      if (isEvents(first)) {
        let count = 0
        while (count < first.length && queueSize > sizeAfter)
          queueSize -= sizeOf(first[count++] as ServerSentEvent)
        const packed = pack(first.splice(0, count))
        calls.push(['events', packed])
        transfer.push(packed.ends.buffer)
        if (first.length > 0) break
      } else {
        calls.push(first)
        queueSize -= OVERHEAD
      }
      queue.shift()
    }
    post(calls, transfer)
    inFlight++
    lastSentAt = performance.now()
    // The time of other messages is not counted: `open` or `alive` must not delay the next events.
    if (transfer.length > 0) eventsSentAt = lastSentAt
    if (queueSize < MAX_QUEUE_SIZE) onRoom?.()
  }
}

function isEvents(entry: Call | ServerSentEvent[] | undefined): entry is ServerSentEvent[] {
  return typeof entry?.[0] === 'object'
}

function sizeOf({ data, type, lastEventId }: ServerSentEvent): number {
  return data.length + type.length + lastEventId.length + OVERHEAD
}
