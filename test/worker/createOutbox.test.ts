import type { ServerSentEvent } from 'use-event-source/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createOutbox, type Outbox } from '../../src/worker/createOutbox.ts'
import type { MessageToPage } from '../../src/worker/messages.ts'
import { unpack } from '../../src/worker/pack.ts'

const MEBI = 2 ** 20

let outbox: Outbox
let messages: MessageToPage[]

beforeEach(() => {
  vi.useFakeTimers()
  messages = []
  outbox = createOutbox((calls) => messages.push(calls))
})
afterEach(() => {
  vi.useRealTimers()
})

it('sends the first events at once', () => {
  outbox.addEvents([event('1'), event('2')])
  expect(sent()).toEqual([['1', '2']])
})

it('collects the events of a frame in one message, sent at the end of the frame', () => {
  outbox.addEvents([event('1')])
  outbox.acknowledge()
  outbox.addEvents([event('2')])
  vi.advanceTimersByTime(15)
  outbox.addEvents([event('3')])
  expect(sent()).toEqual([['1']])
  vi.advanceTimersByTime(1)
  expect(sent()).toEqual([['1'], ['2', '3']])
})

it('sends events at once after a pause of a frame', () => {
  outbox.addEvents([event('1')])
  outbox.acknowledge()
  vi.advanceTimersByTime(16)
  outbox.addEvents([event('2')])
  expect(sent()).toEqual([['1'], ['2']])
})

it('does not delay the first events after the call to open', () => {
  outbox.sendNow(['open'])
  outbox.addEvents([event('1')])
  outbox.acknowledge()
  expect(sent()).toEqual([['open'], ['1']])
})

it('sends the next message only after the page has received the one before', () => {
  outbox.addEvents([event('1')])
  outbox.addEvents([event('2')])
  vi.advanceTimersByTime(60_000)
  outbox.addEvents([event('3')])
  expect(sent()).toEqual([['1']])
  outbox.acknowledge()
  expect(sent()).toEqual([['1'], ['2', '3']])
})

it('sends an urgent call at once, after everything that was queued', () => {
  outbox.addEvents([event('1')])
  outbox.addEvents([event('2')])
  outbox.add(['id', '7'])
  outbox.addEvents([event('3')])
  outbox.sendNow(['done'])
  expect(sent()).toEqual([['1'], ['2', 'id', '3', 'done']])
  expect(vi.getTimerCount()).toBe(0)
})

it('sends nothing at the end of a frame if an urgent call has emptied the queue', () => {
  outbox.addEvents([event('1')])
  outbox.acknowledge()
  outbox.addEvents([event('2')])
  outbox.sendNow(['done'])
  vi.advanceTimersByTime(16)
  expect(sent()).toEqual([['1'], ['2', 'done']])
})

it('sends a batch in one message, even when the page is ready for the first event', () => {
  outbox.batch(() => {
    for (const data of ['1', '2', '3']) outbox.addEvents([event(data)])
    expect(sent()).toEqual([])
  })
  expect(sent()).toEqual([['1', '2', '3']])
})

it('sends alive for a batch that adds nothing', () => {
  outbox.batch(() => {})
  expect(sent()).toEqual([['alive']])
})

it('sends alive once a frame, and only if nothing else is queued', () => {
  outbox.sendNow(['open'])
  outbox.acknowledge()
  outbox.alive()
  vi.advanceTimersByTime(15)
  outbox.alive()
  expect(sent()).toEqual([['open']])
  vi.advanceTimersByTime(1)
  expect(sent()).toEqual([['open'], ['alive']])
  outbox.acknowledge()
  vi.advanceTimersByTime(60_000)
  outbox.addEvents([event('1')])
  outbox.alive()
  outbox.acknowledge()
  vi.advanceTimersByTime(60_000)
  expect(sent()).toEqual([['open'], ['alive'], ['1'], ['alive']])
})

it('does not delay events because of an alive that was sent or is queued', () => {
  outbox.alive()
  outbox.acknowledge()
  outbox.alive()
  outbox.addEvents([event('1')])
  expect(sent()).toEqual([['alive'], ['alive', '1']])
  expect(vi.getTimerCount()).toBe(0)
})

it('sends a queued alive together with the next events, and only once', () => {
  outbox.addEvents([event('1')])
  outbox.acknowledge()
  vi.advanceTimersByTime(8)
  outbox.sendNow(['id', '7'])
  outbox.acknowledge()
  outbox.alive()
  outbox.addEvents([event('2')])
  vi.advanceTimersByTime(8)
  expect(sent()).toEqual([['1'], ['id'], ['alive', '2']])
  outbox.acknowledge()
  vi.advanceTimersByTime(60_000)
  expect(messages).toHaveLength(3)
})

it('splits a large amount of text into several messages, in order', () => {
  const rows = Array.from({ length: 4_000 }, (_, index) => String(index).padStart(1_000))
  outbox.addEvents(rows.map(event))
  let largest = 0
  for (let count = 0; count < messages.length; count++) {
    largest = Math.max(largest, sent()[count]?.join('').length ?? 0)
    outbox.acknowledge()
    vi.advanceTimersByTime(16)
  }
  // Compared as one boolean: the diff of a failure would fill the screen.
  expect(sent().flat().join('\n') === rows.join('\n')).toBe(true)
  expect(messages.length).toBeGreaterThanOrEqual(4)
  expect(largest).toBeLessThan(2 ** 20 + 1_000)
})

it('sends a large amount of text without waiting for a frame, once the page is ready', () => {
  outbox.addEvents([event('1')])
  outbox.addEvents([event('x'.repeat(MEBI))])
  outbox.acknowledge()
  expect(sent()).toHaveLength(2)
})

it('does not split a long event', () => {
  outbox.addEvents([event('x'.repeat(MEBI)), event('2')])
  outbox.sendNow(['done'])
  expect(sent().map((message) => message.map((part) => part.length))).toEqual([[MEBI], [1, 4]])
})

it('has room for 4 Mi characters, and again after the page has received a message', async () => {
  outbox.addEvents([event('1')])
  for (let count = 0; count < 3; count++) outbox.addEvents([event('x'.repeat(MEBI))])
  expect(outbox.waitForRoom()).toBeUndefined()
  outbox.addEvents([event('x'.repeat(MEBI))])
  const onRoom = vi.fn<() => void>()
  const room = Promise.resolve(outbox.waitForRoom()).then(onRoom)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(onRoom).not.toHaveBeenCalled()
  outbox.acknowledge()
  await room
  expect(outbox.waitForRoom()).toBeUndefined()
})

it('has no room until the queue is below its limit', async () => {
  outbox.addEvents([event('1')])
  for (let count = 0; count < 6; count++) outbox.addEvents([event('x'.repeat(MEBI))])
  const onRoom = vi.fn<() => void>()
  const room = Promise.resolve(outbox.waitForRoom()).then(onRoom)
  outbox.acknowledge()
  outbox.acknowledge()
  await vi.advanceTimersByTimeAsync(0)
  expect(onRoom).not.toHaveBeenCalled()
  outbox.acknowledge()
  await room
})

it('counts calls without text towards the limit, but only while they are queued', () => {
  const calls = (4 * MEBI) / 32
  for (let count = 0; count < calls; count++) {
    outbox.sendNow(['id', ''])
    outbox.acknowledge()
  }
  expect(outbox.waitForRoom()).toBeUndefined()
  outbox.addEvents([event('1')])
  for (let count = 0; count < calls; count++) outbox.add(['id', ''])
  expect(outbox.waitForRoom()).toBeInstanceOf(Promise)
})

/** Lists the content of each message: the data of events, and the names of other calls. */
function sent(): string[][] {
  return messages.map((calls) =>
    calls.flatMap((call) =>
      call[0] === 'events' ? unpack(call[1]).map(({ data }) => data) : [call[0]],
    ),
  )
}

function event(data: string): ServerSentEvent {
  return { type: 'message', data, lastEventId: '', origin: '' }
}
