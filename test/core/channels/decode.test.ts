import { decode } from 'use-event-source/core'
import { expect, it, vi } from 'vitest'
import { serverSentEvent } from '../../support/scriptedTransport.ts'

it('decode() calls its function with the data and the event', () => {
  const fn = vi.fn((data: string) => data.length)
  const event = serverSentEvent('message', 'four', '7')
  expect(decode(fn).decode(event)).toBe(4)
  expect(fn).toHaveBeenCalledExactlyOnceWith('four', event)
})

it('decode() rethrows the exception of its function', () => {
  const mistake = new Error('mistake')
  const channel = decode(() => {
    throw mistake
  })
  expect(() => channel.decode(serverSentEvent('message'))).toThrow(mistake)
})
