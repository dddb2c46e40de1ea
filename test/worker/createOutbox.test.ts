import type { ServerSentEvent } from 'use-event-source/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createOutbox, type Outbox } from '../../src/worker/createOutbox.ts'
import type { ToPage } from '../../src/worker/messages.ts'
import { unpack } from '../../src/worker/pack.ts'

const MEBI = 2 ** 20

let outbox: Outbox
let messages: ToPage[]

beforeEach(() => {
  vi.useFakeTimers()
  messages = []
  outbox = createOutbox((calls) => messages.push(calls))
})
afterEach(() => {
  vi.useRealTimers()
})

it('sends the first events at once', () => {
  outbox.events([event('1'), event('2')])
  expect(sent()).toEqual([['1', '2']])
})

it('sends what comes within a frame in one message, at its end', () => {
  outbox.events([event('1')])
  outbox.arrived()
  outbox.events([event('2')])
  vi.advanceTimersByTime(15)
  outbox.events([event('3')])
  expect(sent()).toEqual([['1']])
  vi.advanceTimersByTime(1)
  expect(sent()).toEqual([['1'], ['2', '3']])
})

it('sends events at once after a quiet time', () => {
  outbox.events([event('1')])
  outbox.arrived()
  vi.advanceTimersByTime(16)
  outbox.events([event('2')])
  expect(sent()).toEqual([['1'], ['2']])
})

it('does not let the first events wait because the stream has opened', () => {
  outbox.urge(['open'])
  outbox.events([event('1')])
  outbox.arrived()
  expect(sent()).toEqual([['open'], ['1']])
})

it('sends nothing more until a message has arrived, however long that takes', () => {
  outbox.events([event('1')])
  outbox.events([event('2')])
  vi.advanceTimersByTime(60_000)
  outbox.events([event('3')])
  expect(sent()).toEqual([['1']])
  outbox.arrived()
  expect(sent()).toEqual([['1'], ['2', '3']])
})

it('sends what is urgent at once, behind what was there before', () => {
  outbox.events([event('1')])
  outbox.events([event('2')])
  outbox.add(['id', '7'])
  outbox.events([event('3')])
  outbox.urge(['done', undefined])
  expect(sent()).toEqual([['1'], ['2', 'id', '3', 'done']])
  expect(vi.getTimerCount()).toBe(0)
})

it('sends nothing at the end of a frame in which all was urgent', () => {
  outbox.events([event('1')])
  outbox.arrived()
  outbox.events([event('2')])
  outbox.urge(['done', undefined])
  vi.advanceTimersByTime(16)
  expect(sent()).toEqual([['1'], ['2', 'done']])
})

it('sends what comes together in one message, also where the page waits for nothing', () => {
  outbox.batch(() => {
    for (const data of ['1', '2', '3']) outbox.events([event(data)])
    expect(sent()).toEqual([])
  })
  expect(sent()).toEqual([['1', '2', '3']])
})

it('tells of what came together and was nothing that it has come', () => {
  outbox.batch(() => {})
  expect(sent()).toEqual([['alive']])
})

it('tells that something has come only where there is nothing else to tell, once in a frame', () => {
  outbox.urge(['open'])
  outbox.arrived()
  outbox.alive()
  vi.advanceTimersByTime(15)
  outbox.alive()
  expect(sent()).toEqual([['open']])
  vi.advanceTimersByTime(1)
  expect(sent()).toEqual([['open'], ['alive']])
  outbox.arrived()
  vi.advanceTimersByTime(60_000)
  outbox.events([event('1')])
  outbox.alive()
  outbox.arrived()
  vi.advanceTimersByTime(60_000)
  expect(sent()).toEqual([['open'], ['alive'], ['1'], ['alive']])
})

it('does not let events wait because of a sign of life that has gone, or waits', () => {
  outbox.alive()
  outbox.arrived()
  outbox.alive()
  outbox.events([event('1')])
  expect(sent()).toEqual([['alive'], ['alive', '1']])
  expect(vi.getTimerCount()).toBe(0)
})

it('sends events no later, and nothing twice, because a sign of life waits', () => {
  outbox.events([event('1')])
  outbox.arrived()
  vi.advanceTimersByTime(8)
  outbox.urge(['id', '7'])
  outbox.arrived()
  outbox.alive()
  outbox.events([event('2')])
  vi.advanceTimersByTime(8)
  expect(sent()).toEqual([['1'], ['id'], ['alive', '2']])
  outbox.arrived()
  vi.advanceTimersByTime(60_000)
  expect(messages).toHaveLength(3)
})

it('cuts much text into several messages, in order', () => {
  const rows = Array.from({ length: 4_000 }, (_, index) => String(index).padStart(1_000))
  outbox.events(rows.map(event))
  let largest = 0
  for (let count = 0; count < messages.length; count++) {
    largest = Math.max(largest, sent()[count]?.join('').length ?? 0)
    outbox.arrived()
    vi.advanceTimersByTime(16)
  }
  // As one text: a difference would fill the screen.
  expect(sent().flat().join('\n') === rows.join('\n')).toBe(true)
  expect(messages.length).toBeGreaterThanOrEqual(4)
  expect(largest).toBeLessThan(2 ** 20 + 1_000)
})

it('sends much text at once when the last message has arrived, without waiting for a frame', () => {
  outbox.events([event('1')])
  outbox.events([event('x'.repeat(MEBI))])
  outbox.arrived()
  expect(sent()).toHaveLength(2)
})

it('sends a long event whole', () => {
  outbox.events([event('x'.repeat(MEBI)), event('2')])
  outbox.urge(['done', undefined])
  expect(sent().map((message) => message.map((part) => part.length))).toEqual([[MEBI], [1, 4]])
})

it('has room for 4 Mi characters, and again once those before them have arrived', async () => {
  outbox.events([event('1')])
  for (let count = 0; count < 3; count++) outbox.events([event('x'.repeat(MEBI))])
  expect(outbox.room()).toBeUndefined()
  outbox.events([event('x'.repeat(MEBI))])
  const onRoom = vi.fn<() => void>()
  const room = Promise.resolve(outbox.room()).then(onRoom)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(onRoom).not.toHaveBeenCalled()
  outbox.arrived()
  await room
  expect(outbox.room()).toBeUndefined()
})

it('has no room before enough has arrived', async () => {
  outbox.events([event('1')])
  for (let count = 0; count < 6; count++) outbox.events([event('x'.repeat(MEBI))])
  const onRoom = vi.fn<() => void>()
  const room = Promise.resolve(outbox.room()).then(onRoom)
  outbox.arrived()
  outbox.arrived()
  await vi.advanceTimersByTimeAsync(0)
  expect(onRoom).not.toHaveBeenCalled()
  outbox.arrived()
  await room
})

it('counts also what has no text, as long as it waits', () => {
  const calls = (4 * MEBI) / 32
  for (let count = 0; count < calls; count++) {
    outbox.urge(['id', ''])
    outbox.arrived()
  }
  expect(outbox.room()).toBeUndefined()
  outbox.events([event('1')])
  for (let count = 0; count < calls; count++) outbox.add(['id', ''])
  expect(outbox.room()).toBeInstanceOf(Promise)
})

/** What each message holds: the data of events, and the names of other calls. */
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
