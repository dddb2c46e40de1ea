import type { ServerSentEvent } from 'use-event-source/core'
import type { Call, ToPage } from './messages.ts'
import { pack } from './pack.ts'

/** How long the page is left alone after a message, in ms: a frame. */
const FRAME = 16
/** The most text in a message, in characters, so that none keeps the page busy for more than a frame. */
const MESSAGE = 2 ** 20
/** The most text that waits for the page, in characters; beyond it nothing more is read. */
const ROOM = 2 ** 22
/** What a call or an event takes besides its text. */
const OVERHEAD = 32

const ALIVE: Call = ['alive']

/** What the page is to be told, in order: one message in a frame, and one under way at a time. */
export interface Outbox {
  /** These can wait for the frame. */
  events(events: readonly ServerSentEvent[]): void
  add(call: Call): void
  /** Calls `tell`, and sends after it what it adds; if that is nothing, then that it was alive. */
  batch(tell: () => void): void
  /** This can't, nor what was there before it. */
  urge(call: Call): void
  /** That something has come, where there is nothing to tell of it: once in a frame. */
  alive(): void
  /** A message has arrived. */
  arrived(): void
  /** Resolves once there is room for more. */
  room(): Promise<void> | void
}

export function createOutbox(post: (calls: ToPage, transfer: Transferable[]) => void): Outbox {
  const waiting: (Call | ServerSentEvent[])[] = []
  /** How much that is. */
  let size = 0
  let underWay = 0
  /** When the last message was sent, and the last one with events. */
  let sentAt = -Infinity
  let eventsAt = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined
  let onRoom: (() => void) | undefined
  let isBatch = false

  return {
    events(events) {
      let last = waiting.at(-1)
      if (!isEvents(last)) waiting.push((last = []))
      for (const event of events) {
        last.push(event)
        size += sizeOf(event)
      }
      schedule()
    },
    add,
    batch(tell) {
      isBatch = true
      tell()
      if (waiting.length === 0) add(ALIVE)
      isBatch = false
      schedule()
    },
    urge(call) {
      waiting.push(call)
      size += OVERHEAD
      while (waiting.length > 0) send()
    },
    alive() {
      if (waiting.length === 0) add(ALIVE)
    },
    arrived() {
      underWay--
      schedule()
    },
    room() {
      if (size < ROOM) return
      return new Promise((resolve) => {
        onRoom = resolve
      })
    },
  }

  function add(call: Call): void {
    waiting.push(call)
    size += OVERHEAD
    schedule()
  }

  function schedule(): void {
    if (isBatch || underWay > 0 || waiting.length === 0) return
    const since = waiting.at(-1) === ALIVE ? sentAt : eventsAt
    const delay = size < MESSAGE ? since + FRAME - performance.now() : 0
    clearTimeout(timer)
    if (delay <= 0) send()
    else timer = setTimeout(send, delay)
  }

  function send(): void {
    clearTimeout(timer)
    timer = undefined
    const calls: Call[] = []
    const transfer: Transferable[] = []
    const rest = size - MESSAGE
    while (waiting.length > 0 && size > rest) {
      const [first] = waiting as [Call | ServerSentEvent[]]
      if (isEvents(first)) {
        let count = 0
        while (count < first.length && size > rest)
          size -= sizeOf(first[count++] as ServerSentEvent)
        const packed = pack(first.splice(0, count))
        calls.push(['events', packed])
        transfer.push(packed.ends.buffer)
        if (first.length > 0) break
      } else {
        calls.push(first)
        size -= OVERHEAD
      }
      waiting.shift()
    }
    post(calls, transfer)
    underWay++
    sentAt = performance.now()
    // Events need not wait because the stream has opened, or a comment has come.
    if (transfer.length > 0) eventsAt = sentAt
    if (size < ROOM) onRoom?.()
  }
}

function isEvents(waiting: Call | ServerSentEvent[] | undefined): waiting is ServerSentEvent[] {
  return typeof waiting?.[0] === 'object'
}

function sizeOf({ data, type, lastEventId }: ServerSentEvent): number {
  return data.length + type.length + lastEventId.length + OVERHEAD
}
