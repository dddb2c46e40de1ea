import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createEventIds, type EventIds } from '../../../src/core/connection/createEventIds.ts'
import { serverSentEvent } from '../../support/scriptedTransport.ts'

describe('the last event id', () => {
  it('is the one that the first attempt begins with, until an event has another', () => {
    const ids = begun('start')
    expect(ids.last()).toBe('start')
    see(ids, '1', 0)
    expect(ids.last()).toBe('1')
    see(ids, '1', 0)
    see(ids, '2', undefined)
    expect(ids.last()).toBe('2')
  })

  it('is not moved by a new attempt, whatever the options say by then', () => {
    const ids = begun('start')
    ids.startAttempt('stale')
    expect(ids.last()).toBe('start')
    see(ids, '1', 0)
    ids.startAttempt('stale')
    expect(ids.last()).toBe('1')
    const none = begun('')
    none.startAttempt('stale')
    expect(none.last()).toBe('')
  })

  it('stays where an attempt brings events before its first id', () => {
    const ids = begun('start')
    see(ids, '', 0)
    expect(ids.last()).toBe('start')
    see(ids, '1', 0)
    ids.startAttempt('')
    see(ids, '', 0)
    expect(ids.last()).toBe('1')
  })

  it('is taken back by an event without one, after the first', () => {
    const ids = begun('start')
    see(ids, '1', 0)
    see(ids, '', 0)
    expect(ids.last()).toBe('')
    ids.startAttempt('start')
    expect(ids.last()).toBe('')
  })

  it('is read when it is asked for, not at each event after the first that has one', () => {
    const ids = begun('')
    const read = vi.fn<() => string>(() => '7')
    const event = {
      ...serverSentEvent('message'),
      get lastEventId() {
        return read()
      },
    }
    for (let n = 0; n < 5; n++) ids.recordIfNew(event, 0)
    expect(read).toHaveBeenCalledTimes(1)
    expect([ids.last(), ids.last()]).toEqual(['7', '7'])
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('moves where a transport says so, to none as well', () => {
    const ids = begun('start')
    ids.set('7')
    expect(ids.last()).toBe('7')
    ids.set('')
    expect(ids.last()).toBe('')
    see(ids, '8')
    ids.set('9')
    expect(ids.last()).toBe('9')
  })

  it('that was moved to is the first of its attempt: an event without one takes it back', () => {
    const ids = begun('start')
    ids.set('7')
    see(ids, '', 0)
    expect(ids.last()).toBe('')
  })

  it('is moved by an event that is one too many, too', () => {
    const ids = begun('')
    for (const id of ['a', 'b', 'a']) see(ids, id, 5)
    expect(ids.last()).toBe('a')
  })
})

describe('what was seen', () => {
  it('is nothing where it is not asked for', () => {
    const ids = begun('')
    for (const count of [0, undefined]) {
      expect([see(ids, 'a', count), see(ids, 'a', count)]).toEqual([false, false])
    }
  })

  it('is an id among the last so many', () => {
    expect(seen(['a', 'b', 'c', 'a', 'b', 'c'], 3)).toBe('---xxx')
    expect(seen(['a', 'b', 'c', 'a', 'b', 'c'], 2)).toBe('------')
    expect(seen(['a', 'a', 'a', 'b', 'b'], 1)).toBe('-xx-x')
  })

  it('lasts over attempts: that is where servers repeat', () => {
    const ids = begun('')
    see(ids, 'a', 1)
    ids.startAttempt('')
    expect(see(ids, 'a', 1)).toBe(true)
  })

  it('is never an event without an id', () => {
    expect(seen(['', '', 'a', '', '', 'a'], 9)).toBe('-----x')
  })

  it('is not the id that the stream started after: no event had it', () => {
    expect(see(begun('start'), 'start', 5)).toBe(false)
  })

  it('is not an id that was moved to without an event', () => {
    const ids = begun('')
    ids.set('a')
    expect(see(ids, 'a', 5)).toBe(false)
  })

  it('is unbounded where the count is', () => {
    const ids = begun('')
    for (let n = 0; n < 1_000; n++) see(ids, String(n), Number.POSITIVE_INFINITY)
    expect(see(ids, '0', Number.POSITIVE_INFINITY)).toBe(true)
  })

  it.each([2, 1, 0])('is less at once where the count shrinks from 3 to %d', (count) => {
    for (const [i, id] of ['c', 'b', 'a'].entries()) {
      const ids = begun('')
      for (const each of ['a', 'b', 'c']) see(ids, each, 3)
      expect(see(ids, id, count)).toBe(i < count)
    }
  })

  it('is more from now on where the count grows', () => {
    const ids = begun('')
    for (const id of ['a', 'b']) see(ids, id, 1)
    expect([see(ids, 'c', 2), see(ids, 'b', 2), see(ids, 'a', 2)]).toEqual([false, true, false])
  })

  it('lets each event through once, wherever a server goes back up to so many', () => {
    const steps = fc.array(fc.record({ back: fc.nat(4), on: fc.nat(6) }), { maxLength: 20 })
    fc.assert(
      fc.property(steps, (steps) => {
        const ids = begun('')
        const through: number[] = []
        let end = 0
        for (const { back, on } of steps) {
          ids.startAttempt('')
          const start = Math.max(0, end - back)
          end = Math.max(end, start + on)
          for (let n = start; n < start + on; n++) if (!see(ids, `id ${n}`, 4)) through.push(n)
        }
        expect(through).toEqual(Array.from({ length: end }, (_, n) => n))
      }),
    )
  })
})

/** Those of a stream whose first attempt has begun. */
function begun(initial: string): EventIds {
  const ids = createEventIds()
  ids.startAttempt(initial)
  return ids
}

/** Which of these events have been seen, as x. */
function seen(stream: readonly string[], count: number): string {
  const ids = begun('')
  return stream.map((id) => (see(ids, id, count) ? 'x' : '-')).join('')
}

function see(ids: EventIds, id: string, count?: number): boolean {
  return !ids.recordIfNew(serverSentEvent('message', '', id), count)
}
