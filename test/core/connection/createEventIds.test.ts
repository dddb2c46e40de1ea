import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createEventIds, type EventIds } from '../../../src/core/connection/createEventIds.ts'
import { serverSentEvent } from '../../support/scriptedTransport.ts'

describe('the last event id', () => {
  it('is the initial id until an event has another', () => {
    const ids = started('start')
    expect(ids.last()).toBe('start')
    record(ids, '1', 0)
    expect(ids.last()).toBe('1')
    record(ids, '1', 0)
    record(ids, '2', undefined)
    expect(ids.last()).toBe('2')
  })

  it('is not changed by a new attempt, whatever its initial id', () => {
    const ids = started('start')
    ids.startAttempt('stale')
    expect(ids.last()).toBe('start')
    record(ids, '1', 0)
    ids.startAttempt('stale')
    expect(ids.last()).toBe('1')
    const none = started('')
    none.startAttempt('stale')
    expect(none.last()).toBe('')
  })

  it('stays when an attempt brings events before its first id', () => {
    const ids = started('start')
    record(ids, '', 0)
    expect(ids.last()).toBe('start')
    record(ids, '1', 0)
    ids.startAttempt('')
    record(ids, '', 0)
    expect(ids.last()).toBe('1')
  })

  it('is reset by an event without an id, after the first id of the attempt', () => {
    const ids = started('start')
    record(ids, '1', 0)
    record(ids, '', 0)
    expect(ids.last()).toBe('')
    ids.startAttempt('start')
    expect(ids.last()).toBe('')
  })

  it('is read on demand, not at each event after the first with an id', () => {
    const ids = started('')
    const read = vi.fn<() => string>(() => '7')
    const event = {
      ...serverSentEvent('message'),
      get lastEventId() {
        return read()
      },
    }
    for (let n = 0; n < 5; n++) ids.accept(event, 0)
    expect(read).toHaveBeenCalledTimes(1)
    expect([ids.last(), ids.last()]).toEqual(['7', '7'])
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('is replaced when a transport sets it, also with none', () => {
    const ids = started('start')
    ids.set('7')
    expect(ids.last()).toBe('7')
    ids.set('')
    expect(ids.last()).toBe('')
    record(ids, '8')
    ids.set('9')
    expect(ids.last()).toBe('9')
  })

  it('is reset by an event without an id after a transport has set it', () => {
    const ids = started('start')
    ids.set('7')
    record(ids, '', 0)
    expect(ids.last()).toBe('')
  })

  it('is not moved back by a duplicate event', () => {
    const ids = started('')
    for (const id of ['a', 'b', 'a']) record(ids, id, 5)
    expect(ids.last()).toBe('b')
  })
})

describe('a duplicate', () => {
  it('is not detected without a count', () => {
    const ids = started('')
    for (const count of [0, undefined]) {
      expect([record(ids, 'a', count), record(ids, 'a', count)]).toEqual([false, false])
    }
  })

  it('has an id among the last `count`', () => {
    expect(duplicates(['a', 'b', 'c', 'a', 'b', 'c'], 3)).toBe('---xxx')
    expect(duplicates(['a', 'b', 'c', 'a', 'b', 'c'], 2)).toBe('------')
    expect(duplicates(['a', 'a', 'a', 'b', 'b'], 1)).toBe('-xx-x')
  })

  it('is detected across attempts, where servers repeat events', () => {
    const ids = started('')
    record(ids, 'a', 1)
    ids.startAttempt('')
    expect(record(ids, 'a', 1)).toBe(true)
  })

  it('always has an id', () => {
    expect(duplicates(['', '', 'a', '', '', 'a'], 9)).toBe('-----x')
  })

  it('has an id of its own: an event that inherits one is new', () => {
    const ids = started('')
    record(ids, 'a', 5)
    ids.startResponse()
    expect(ids.accept(serverSentEvent('message', '', 'a', false), 5)).toBe(true)
    expect(ids.accept(serverSentEvent('message', '', 'a', true), 5)).toBe(false)
  })

  it('comes before the first new id of a response, where nobody knows which ids are inherited', () => {
    const ids = started('')
    const isNew = (id: string) => ids.accept(serverSentEvent('message', '', id), 5)
    for (const response of [
      ['a', 'a', 'b', 'b', 'a'],
      ['c', 'c', 'b'],
    ]) {
      ids.startResponse()
      expect(response.map(isNew)).not.toContain(false)
    }
    ids.startResponse()
    expect(['b', 'b', 'c', '', 'd', 'd', 'c'].map(isNew)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      true,
    ])
  })

  it('is not an event with the initial id, which no event had before', () => {
    expect(record(started('start'), 'start', 5)).toBe(false)
  })

  it('is not an event with an id that was only set', () => {
    const ids = started('')
    ids.set('a')
    expect(record(ids, 'a', 5)).toBe(false)
  })

  it('is detected without bound when the count is Infinity', () => {
    const ids = started('')
    for (let n = 0; n < 1_000; n++) record(ids, String(n), Number.POSITIVE_INFINITY)
    expect(record(ids, '0', Number.POSITIVE_INFINITY)).toBe(true)
  })

  it.each([2, 1, 0])(
    'is detected by the new count at once when it shrinks from 3 to %d',
    (count) => {
      for (const [i, id] of ['c', 'b', 'a'].entries()) {
        const ids = started('')
        for (const each of ['a', 'b', 'c']) record(ids, each, 3)
        expect(record(ids, id, count)).toBe(i < count)
      }
    },
  )

  it('is detected by the new count from then on when it grows', () => {
    const ids = started('')
    for (const id of ['a', 'b']) record(ids, id, 1)
    expect([record(ids, 'c', 2), record(ids, 'b', 2), record(ids, 'a', 2)]).toEqual([
      false,
      true,
      false,
    ])
  })

  it('never gets through, wherever a server resumes within the last `count` events', () => {
    const steps = fc.array(fc.record({ back: fc.nat(4), on: fc.nat(6) }), { maxLength: 20 })
    fc.assert(
      fc.property(steps, (steps) => {
        const ids = started('')
        const passed: number[] = []
        let end = 0
        for (const { back, on } of steps) {
          ids.startAttempt('')
          const start = Math.max(0, end - back)
          end = Math.max(end, start + on)
          for (let n = start; n < start + on; n++) if (!record(ids, `id ${n}`, 4)) passed.push(n)
        }
        expect(passed).toEqual(Array.from({ length: end }, (_, n) => n))
      }),
    )
  })
})

/** Returns the event ids of a stream whose first attempt has started. */
function started(initial: string): EventIds {
  const ids = createEventIds()
  ids.startAttempt(initial)
  return ids
}

/** Marks each event of a stream: x for a duplicate, - for a new one. */
function duplicates(stream: readonly string[], count: number): string {
  const ids = started('')
  return stream.map((id) => (record(ids, id, count) ? 'x' : '-')).join('')
}

/** Records an event and returns whether it is a duplicate. */
function record(ids: EventIds, id: string, count?: number): boolean {
  return !ids.accept(serverSentEvent('message', '', id, true), count)
}
